/**
 * The events of a run. The types are inferred from the schemas. Readers skip event types and fields that they do not
 * know, so an older viewer can watch a newer trainer.
 */
import { z } from "zod";
import { diskNeedSchema } from "./disk.ts";
import { TRY_AGAIN } from "./errors.ts";
import { fromVersion1 } from "./events_version_1.ts";
import { byClassFigure, byFigure, byMetric, DIRECTIONS } from "./metrics.ts";
import { STOP_SIGNALS } from "./stop_signals.ts";
import { stripControl } from "./text.ts";

/**
 * The version of the event schema, `v` in every event. Version 2 distinguishes the best epoch from early stopping's
 * reference. Events of version 1 can still be read.
 */
export const EVENT_VERSION = 2;

export const phaseNameSchema = z.enum(["prepare", "extract", "train"]);
export type PhaseName = z.infer<typeof phaseNameSchema>;

/** Seconds spent in each phase. */
const phaseSecondsSchema = z.object({ prepare: z.number(), extract: z.number(), train: z.number() });
export type PhaseSeconds = z.infer<typeof phaseSecondsSchema>;

/**
 * Text that is shown to people. It may contain text from outside (class names, errors of other programs), so parsing
 * removes terminal escapes and control characters.
 */
export const shown = z.string().overwrite(stripControl);

/** A path. It is kept unchanged so that the file can be opened, and must be made safe before it is drawn. */
const path = z.string();

/**
 * A figure of an epoch. JSON has no NaN and no infinities, so a figure that is not finite is null and appears as a gap
 * in charts.
 */
const figure = z.number().nullable();

/** The figures of one finished epoch, under Keras's names. Older runs do not have the class metrics. */
export const epochFiguresSchema = z.object({
  epoch: z.int().min(1),
  ...byFigure(() => figure),
  ...byClassFigure(() => figure.optional()),
});
export type EpochFigures = z.infer<typeof epochFiguresSchema>;

const layerSchema = z.object({
  name: shown,
  type: shown,
  /** The output shape. The batch dimension is null. */
  output_shape: z.array(z.int().nullable()),
  parameters: z.int(),
  trainable: z.int(),
});

/** One row of the parameter pane: a layer of the head, or the whole base. */
export const parameterRowSchema = layerSchema.extend({
  /** For the base: those of its blocks that have parameters, in order. Older runs do not have this field. */
  blocks: z.array(layerSchema).optional(),
});
export type ParameterRow = z.infer<typeof parameterRowSchema>;

/** The number of images of each class in the training and the validation set, in the order of the classes. */
export const perClassSchema = z.object({ train: z.array(z.int()), validation: z.array(z.int()) });
export type PerClass = z.infer<typeof perClassSchema>;

const runBody = z.object({
  type: z.literal("run"),
  id: shown,
  directory: path,
  name: shown.nullable(),
  /** The content of config.json: the options that were given and what they resolved to. */
  config: z.record(z.string(), z.unknown()),
  dataset: z.object({
    name: shown,
    train: z.int(),
    validation: z.int(),
    /** null if the images are of different sizes. */
    height: z.int().nullable(),
    width: z.int().nullable(),
    classes: z.array(shown),
    /** Older runs do not have this field. */
    per_class: perClassSchema.optional(),
  }),
  model: z.object({
    base: shown,
    weights: shown,
    preprocess: shown,
    size: z.int(),
    pooling: shown,
    /** The number format in which the base is computed. Older runs do not have this field. */
    precision: shown.default("float32"),
    /** The side of the images that the weights were made for. Left out if it is the run's, or not known. */
    weights_size: z.int().optional(),
    /** Whether the base preprocesses 0…255 itself, so that `scale` is turned back. Left out if not. */
    preprocesses_inside: z.boolean().optional(),
  }),
  parameters: z.object({
    total: z.int(),
    trainable: z.int(),
    non_trainable: z.int(),
    rows: z.array(parameterRowSchema),
  }),
  engine: z.object({ kind: shown, version: shown, device: shown }),
  /** The run whose weights this one started with, and how far it was. Left out if the weights are new. */
  started_from: z.object({
    run: shown,
    /** The number of finished epochs, and of finished batches of the next one. */
    epoch: z.int(),
    step: z.int(),
  }).optional(),
  epochs: z.int(),
  /** Substitutions that stay on screen as long as the run lasts: demo data, random weights, wasm. */
  notices: z.array(shown),
});

const phaseBody = z.object({
  type: z.literal("phase"),
  name: phaseNameSchema,
  /** The number of images or epochs in this phase, or 0 if it is not known. */
  total: z.int().min(0),
});

/**
 * What the class sizes mean for the head. Sent once, when training begins, and computed from the images that could be
 * decoded. Older runs do not have this event.
 */
export const classesBody = z.object({
  type: z.literal("classes"),
  /**
   * The class with the most training images (the first one if several have the same number), and the validation
   * accuracy of always predicting it.
   */
  majority: z.object({ class: z.int(), accuracy: z.number() }),
  /**
   * The factor by which the loss of a training image of each class is multiplied (`--class-weight`), or null without
   * class weights.
   */
  weights: z.array(z.number()).nullable(),
  /**
   * The number of images that could be decoded. The counts in the `run` event include broken images. Older runs do not
   * have this field.
   */
  per_class: perClassSchema.optional(),
});

/**
 * How a base is computed for which bfloat16 was requested. Sent once, with the first features. Runs in float32 and older
 * runs do not have this event.
 */
const roundingBody = z.object({
  type: z.literal("rounding"),
  /** The precision in a few words, such as "bfloat16" or "float32, not bfloat16". */
  words: shown,
  /** The share of the multiply-adds in bfloat16. */
  share: z.number(),
  /** The largest measured change of a feature, over the largest feature. */
  error: z.number(),
  /** A notice, if less of the base is in bfloat16 than usual; otherwise null. It stays on screen like those of `run`. */
  notice: shown.nullable(),
});

const progressBody = z.object({
  type: z.literal("progress"),
  phase: phaseNameSchema,
  done: z.number(),
  /** 0 if it is not known. */
  total: z.number(),
  /** null until there is enough progress to measure a rate. */
  per_second: z.number().nullable(),
  /** The unit of `done` and `total`. prepare: bytes, steps or images; extract: images; train: batches of this epoch. */
  unit: z.enum(["bytes", "steps", "images", "batches"]),
  /** A description of the work, if the phase alone does not say what is being done. */
  label: shown.optional(),
  /** extract: how many of the `done` images were already in the cache. */
  cached: z.int().optional(),
  /** train: the current epoch, and its running means so far. */
  epoch: z.int().optional(),
  ...byMetric(() => figure.optional()),
});

const epochBody = z.object({
  type: z.literal("epoch"),
  ...epochFiguresSchema.shape,
  epochs: z.int(),
  seconds: z.number(),
  learning_rate: z.number(),
});

const earlyStoppingBody = z.object({
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

const checkpointBody = z.object({
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

const controlBody = z.object({
  type: z.literal("control"),
  /** The change that took effect: the run was paused, was resumed, or is about to end. */
  state: z.enum(["paused", "resumed", "stopping"]),
  /** paused: what the run waits for if it pauses by itself, because a disk has no room. It goes on by itself too. */
  disk: diskNeedSchema.optional(),
});

/** The value of an option that was changed for the rest of a run. */
const optionValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/**
 * A run goes on after its end, or after its trainer was lost. What earlier events say about epochs after `epoch` no
 * longer holds, because they are trained again; neither does an earlier `end`.
 */
const resumeBody = z.object({
  type: z.literal("resume"),
  /** The name of the checkpoint that was restored; null if there was none, so that training begins anew. */
  checkpoint: shown.nullable(),
  /** The number of finished epochs, and of finished batches of the next one. */
  epoch: z.int().min(0),
  step: z.int().min(0),
  /** The state of early stopping there; null before the first epoch. */
  early_stopping: earlyStoppingBody.nullable(),
  /** The time spent in each phase until then, not counting the time in between. */
  seconds: phaseSecondsSchema,
  /** Newer checkpoints that cannot be used, the newest first, and in one line each why. Missing if there are none. */
  damaged: z.array(z.object({ name: shown, problem: shown })).optional(),
  /** The options that have other values from here on. */
  changes: z.array(z.object({ option: shown, from: optionValue, to: optionValue })),
});

const logBody = z.object({
  type: z.literal("log"),
  level: z.enum(["info", "warn", "error"]),
  text: shown,
});

const confusionBody = z.object({
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
const samplesBody = z.object({
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

/** One GPU. Values that its driver does not report are null. */
export const gpuSchema = z.object({
  name: shown,
  utilization_percent: z.number().nullable(),
  memory_used_bytes: z.number().nullable(),
  memory_total_bytes: z.number().nullable(),
  temperature_celsius: z.number().nullable(),
  power_watts: z.number().nullable(),
});
export type Gpu = z.infer<typeof gpuSchema>;

const systemBody = z.object({
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

export const endReasonSchema = z.enum([
  "completed",
  "early_stopping",
  "stopped",
  "interrupted",
  "nan",
  "failed",
]);
export type EndReason = z.infer<typeof endReasonSchema>;

const endBody = z.object({
  type: z.literal("end"),
  reason: endReasonSchema,
  epochs: z.int(),
  best: epochFiguresSchema.nullable(),
  last: epochFiguresSchema.nullable(),
  seconds: phaseSecondsSchema.extend({ total: z.number() }),
  /** The run's id. */
  run: shown,
  directory: path,
  /**
   * The figures of early stopping's reference epoch, whose weights are in final/. Missing if no weights were saved
   * there.
   */
  restored: epochFiguresSchema.optional(),
  notices: z.array(shown),
  /**
   * The command that repeats the run; null if the run was not prepared, or would fail again. Older runs do not have
   * this field.
   */
  repeat: z.string().nullable().optional(),
  /**
   * failed and nan: one line that says what is wrong, where, and what to do. Older runs do not have this field for nan.
   */
  error: shown.optional(),
  /**
   * failed: 2 if the options cannot be used on this machine, 75 if a disk had no room, so that the run can go on later.
   * If it is missing, the exit status is 1.
   */
  exit_status: z.literal([2, TRY_AGAIN]).optional().catch(undefined),
  /**
   * interrupted: the signal that ended the run. A signal that this version does not know is dropped, and the event is
   * kept.
   */
  signal: z.enum(STOP_SIGNALS).optional().catch(undefined),
});

export const eventBodySchema = z.discriminatedUnion("type", [
  runBody,
  phaseBody,
  classesBody,
  roundingBody,
  progressBody,
  epochBody,
  earlyStoppingBody,
  checkpointBody,
  controlBody,
  resumeBody,
  logBody,
  systemBody,
  confusionBody,
  samplesBody,
  endBody,
]);
/** An event without its number, time and version, which the log adds. */
export type EventBody = z.infer<typeof eventBodySchema>;

const envelope = z.object({
  /** The number of the event: counted from 1, without gaps. */
  seq: z.int().min(1),
  /** The time in ISO 8601, UTC. */
  time: z.string().refine((time) => !Number.isNaN(Date.parse(time)), "must be a time"),
  v: z.int(),
});

/** An event as it is in the log, on the socket and in the output of `--json`. */
export type RunEvent = z.infer<typeof envelope> & EventBody;
export type EventOf<T extends EventBody["type"]> = Extract<RunEvent, { type: T }>;

const headSchema = z.looseObject({ ...envelope.shape, type: z.string() });

/**
 * Returns the event, or null if this version does not know its type.
 * @throws ZodError if the event is malformed
 */
export function parseEvent(value: unknown): RunEvent | null {
  const head = headSchema.parse(value);
  const known = eventBodySchema.options.some((option) => option.shape.type.value === head.type);
  if (!known) return null;
  return { ...envelope.parse(head), ...eventBodySchema.parse(head.v === 1 ? fromVersion1(head) : head) };
}
