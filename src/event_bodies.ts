/**
 * The bodies of the events with which a run says what it finds and does while it is at work. `events.ts` has the
 * others, and puts all together.
 */
import { z } from "zod";
import { diskNeedSchema } from "./disk.ts";
import { figure, path, shown } from "./event_parts.ts";
import { DIRECTIONS } from "./metrics.ts";

/**
 * How a base is computed for which bfloat16 was requested. Sent once, with the first features. Runs in float32 and
 * older runs do not have this event.
 */
export const roundingBody = z.object({
  type: z.literal("rounding"),
  /** The precision in a few words, such as "bfloat16" or "float32, not bfloat16". */
  words: shown,
  /** The share of the multiply-adds in bfloat16. */
  share: z.number(),
  /** The largest measured change of a feature, over the largest feature. */
  error: z.number(),
  /**
   * A notice, if less of the base is in bfloat16 than usual; otherwise null. It stays on screen like those of `run`.
   */
  notice: shown.nullable(),
});

export const earlyStoppingBody = z.object({
  type: z.literal("early_stopping"),
  monitor: shown,
  mode: z.enum(DIRECTIONS),
  min_delta: z.number(),
  patience: z.int(),
  baseline: z.number().nullable(),
  /** The number of epochs before early stopping takes effect. */
  start_from_epoch: z.int(),
  /**
   * The best figure so far and the first epoch with that figure, counted from 1; null if no figure was finite. In
   * version 1 these fields hold the reference.
   */
  best: figure,
  best_epoch: z.int().nullable(),
  /**
   * The figure with which early stopping compares the next one (`best` in Keras's EarlyStopping), and the epoch that it
   * is from, counted from 1. `reference_epoch` is null before the first epoch that counts. `reference` is null then,
   * and also if the figure is not finite.
   */
  reference: figure,
  reference_epoch: z.int().nullable(),
  /**
   * The value that a figure must exceed to become the reference: reference ± min_delta; null if `reference` is null.
   */
  threshold: figure,
  /** Whether an improvement resets patience: either there is no baseline, or the reference has passed it. */
  baseline_reached: z.boolean(),
  /** The number of epochs since patience was last reset. */
  wait: z.int(),
  /** Whether the next epoch ends the run if it does not improve on the reference. */
  stops_next: z.boolean(),
  /**
   * The epoch after which patience ends the run if nothing improves from now on. It may be larger than the number of
   * epochs. null before the first epoch that counts, and in events of version 1.
   */
  stops_after: z.int().nullable(),
});

export const checkpointBody = z.object({
  type: z.literal("checkpoint"),
  path,
  epoch: z.int(),
  /** The number of batches done in the epoch after `epoch`; 0 for a checkpoint at the end of an epoch. */
  step: z.int(),
  /** In events always one of the first three. `RunState` calls those "kept" that are there for their figure only. */
  kind: z.enum(["last", "best", "manual", "kept"]),
  bytes: z.int(),
  /**
   * The checkpoints that are there for their figure only after this one was written, the best one first. They are from
   * ends of epochs. Left out without `--keep`.
   */
  kept: z.array(z.object({ path, epoch: z.int(), bytes: z.int() })).optional(),
});

export const controlBody = z.object({
  type: z.literal("control"),
  /** The change that took effect: the run was paused, was resumed, or is about to end. */
  state: z.enum(["paused", "resumed", "stopping"]),
  /** paused: what the run waits for if it pauses by itself, because a disk has no room. It goes on by itself too. */
  disk: diskNeedSchema.optional(),
});

export const confusionBody = z.object({
  type: z.literal("confusion"),
  /** The epoch in which these validation images were classified. */
  epoch: z.int(),
  /** True class, predicted class and number of validation images, for each pair that occurs. */
  cells: z.array(z.tuple([z.int(), z.int(), z.int()])),
});

/** The maximum side length of a sample, in pixels. Larger samples in a damaged log would take too long to draw. */
const SAMPLE_SIDE_AT_MOST = 256;

/** Returns the number of bytes that a base64 text encodes: three for every four characters, less the padding. */
function bytesIn(base64: string): number {
  return base64.length / 4 * 3 - (/=*$/.exec(base64)?.[0].length ?? 0);
}

/** The most confident mistakes on the validation set, as small images. */
export const samplesBody = z.object({
  type: z.literal("samples"),
  /** The epoch in which these validation images were classified. */
  epoch: z.int(),
  /** The most confident mistake comes first. */
  mistakes: z.array(
    z.object({
      /** The index of the image in the validation set. */
      picture: z.int().min(0),
      /** The path relative to the data set's folder, or null if the images do not have files of their own. */
      file: shown.nullable(),
      actual: z.int(),
      predicted: z.int(),
      /** The probability of the predicted class. */
      confidence: z.number(),
      width: z.int().min(1).max(SAMPLE_SIDE_AT_MOST),
      height: z.int().min(1).max(SAMPLE_SIDE_AT_MOST),
      /** height × width × 3 bytes in row-major order: red, green, blue. */
      pixels: z.base64(),
    }).refine(
      ({ width, height, pixels }) => bytesIn(pixels) === width * height * 3,
      "pixels must be width × height × 3 bytes",
    ),
  ),
});

export const logBody = z.object({
  type: z.literal("log"),
  level: z.enum(["info", "warn", "error"]),
  text: shown,
  /** Whether it stays on the screen, as the notices of `run`. Left out if not. */
  stays: z.boolean().optional(),
});

/** One GPU. Values that its driver does not report are null. */
export const gpuSchema = z.object({
  name: shown,
  utilization_percent: z.number().nullable(),
  memory_used_bytes: z.number().nullable(),
  memory_total_bytes: z.number().nullable(),
  temperature_celsius: z.number().nullable(),
  power_watts: z.number().nullable(),
  /** Whether the run computes on it. Older runs do not have this field. */
  used: z.boolean().optional(),
});
export type Gpu = z.infer<typeof gpuSchema>;

export const systemBody = z.object({
  type: z.literal("system"),
  /**
   * The processor time of the trainer and its descendants, where 100 is one core; null if the operating system does not
   * report it.
   */
  processor_percent: z.number().nullable(),
  cores: z.int(),
  memory_bytes: z.number().nullable(),
  memory_total_bytes: z.number(),
  processes: z.int(),
  gpus: z.array(gpuSchema),
  /** Why the GPUs could not be queried although there is a driver; null otherwise. */
  gpu_problem: shown.nullable(),
});
