/**
 * The events a run consists of. The schema comes first, the type is inferred. Readers skip event types and fields they
 * do not know, so a newer trainer can be watched by an older viewer.
 */
import { z } from "zod";
import { fromVersion1 } from "./events_version_1.ts";
import { byClassFigure, byFigure, byMetric, DIRECTIONS } from "./metrics.ts";
import { STOP_SIGNALS } from "./stop_signals.ts";
import { stripControl } from "./text.ts";

/**
 * Version of the event schema, `v` of every event. Version 2 tells the best epoch and early stopping's reference apart;
 * events of version 1 are still read.
 */
export const EVENT_VERSION = 2;

export const phaseNameSchema = z.enum(["prepare", "extract", "train"]);
export type PhaseName = z.infer<typeof phaseNameSchema>;

/** Text that people read. It comes from outside (class names, errors of other programs) and is made safe to draw here. */
export const shown = z.string().overwrite(stripControl);

/** A path stays as it is, so that what it names can be opened; who draws it makes it safe first. */
const path = z.string();

/** NaN and infinities have no JSON; a loss that is not finite travels as null and is drawn as a gap. */
const figure = z.number().nullable();

/** The figures of one finished epoch, under Keras's names. Older runs do not have those of the class metrics. */
export const epochFiguresSchema = z.object({
  epoch: z.int().min(1),
  ...byFigure(() => figure),
  ...byClassFigure(() => figure.optional()),
});
export type EpochFigures = z.infer<typeof epochFiguresSchema>;

const layerSchema = z.object({
  name: shown,
  type: shown,
  /** Output shape, the batch dimension as null. */
  output_shape: z.array(z.int().nullable()),
  parameters: z.int(),
  trainable: z.int(),
});

/** One row of the parameter pane: a layer of the head, or the whole base. */
export const parameterRowSchema = layerSchema.extend({
  /** Of the base: its blocks that have parameters, in order. Older runs do not have this field. */
  blocks: z.array(layerSchema).optional(),
});
export type ParameterRow = z.infer<typeof parameterRowSchema>;

/** How many images of each class there are in each part, in the order of the classes. */
export const perClassSchema = z.object({ train: z.array(z.int()), validation: z.array(z.int()) });
export type PerClass = z.infer<typeof perClassSchema>;

const runBody = z.object({
  type: z.literal("run"),
  id: shown,
  directory: path,
  name: shown.nullable(),
  /** What was asked for and what it resolved to: config.json's content. */
  config: z.record(z.string(), z.unknown()),
  dataset: z.object({
    name: shown,
    train: z.int(),
    validation: z.int(),
    /** null where images are of different sizes. */
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
    /** What the base computes in. Older runs do not have this field. */
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
  epochs: z.int(),
  /** Substitutions that must stay on screen as long as the run lasts: demo data, random weights, wasm. */
  notices: z.array(shown),
});

const phaseBody = z.object({
  type: z.literal("phase"),
  name: phaseNameSchema,
  /** Units of work in this phase (images, epochs); 0 where not known. */
  total: z.int().min(0),
});

/**
 * What the sizes of the classes mean for the head: said once, when training begins, of the images that it is trained on
 * and judged by (those that could be decoded). Older runs do not say it.
 */
export const classesBody = z.object({
  type: z.literal("classes"),
  /**
   * The class with the most training images (the first of equal ones), and the validation accuracy of always predicting
   * it.
   */
  majority: z.object({ class: z.int(), accuracy: z.number() }),
  /** What the loss of a training image of each class is multiplied by (`--class-weight`); null: nothing. */
  weights: z.array(z.number()).nullable(),
  /** The images that could be decoded; those of the `run` event include the others. Not in older runs. */
  per_class: perClassSchema.optional(),
});

const progressBody = z.object({
  type: z.literal("progress"),
  phase: phaseNameSchema,
  done: z.number(),
  /** 0 where not known. */
  total: z.number(),
  /** null until there is something to measure. */
  per_second: z.number().nullable(),
  /** prepare: bytes or steps; extract: images; train: batches of this epoch. */
  unit: z.enum(["bytes", "steps", "images", "batches"]),
  /** What is being done, where the phase alone does not say it. */
  label: shown.optional(),
  /** extract: images that the cache already had, of `done`. */
  cached: z.int().optional(),
  /** train: the epoch under way and its running means so far. */
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
  /** Epochs that do not count before early stopping begins. */
  start_from_epoch: z.int(),
  /**
   * The best figure so far, and the first epoch that has it, counted from 1; null where no figure was finite.
   * Version 1 has the reference under these names.
   */
  best: figure,
  best_epoch: z.int().nullable(),
  /**
   * What EarlyStopping compares the next figure with (Keras's `best`), and the epoch that gave it, counted from 1.
   * `reference_epoch` is null before the first epoch that counts; `reference` is null then, and where it is not finite.
   */
  reference: figure,
  reference_epoch: z.int().nullable(),
  /** The value that a figure has to pass to become the reference: reference ± min_delta; null with `reference`. */
  threshold: figure,
  /** Whether an improvement starts patience anew: there is no baseline, or the reference has passed it. */
  baseline_reached: z.boolean(),
  /** Epochs since patience last started anew. */
  wait: z.int(),
  /** Whether the next epoch ends the run unless it improves on the reference. */
  stops_next: z.boolean(),
  /**
   * The epoch after which patience ends the run if nothing improves from here on; it may lie beyond the last epoch.
   * null before the first epoch that counts, and in events of version 1.
   */
  stops_after: z.int().nullable(),
});

const checkpointBody = z.object({
  type: z.literal("checkpoint"),
  path,
  epoch: z.int(),
  /** Batches done in the epoch that follows `epoch`; 0 at an epoch's end. */
  step: z.int(),
  kind: z.enum(["last", "best", "manual"]),
  bytes: z.int(),
});

const controlBody = z.object({
  type: z.literal("control"),
  /** What took effect: the run paused, went on, or is about to end. */
  state: z.enum(["paused", "resumed", "stopping"]),
});

const logBody = z.object({
  type: z.literal("log"),
  level: z.enum(["info", "warn", "error"]),
  text: shown,
});

const confusionBody = z.object({
  type: z.literal("confusion"),
  /** The epoch whose validation it is. */
  epoch: z.int(),
  /** True class, predicted class, how many validation images; only what occurs. */
  cells: z.array(z.tuple([z.int(), z.int(), z.int()])),
});

/** The longest side of a sample, in pixels. A larger one in a damaged log would take too long to draw. */
const SAMPLE_SIDE_AT_MOST = 256;

/** The number of bytes that a base64 text stands for: three in four characters, less the padding. */
function bytesIn(base64: string): number {
  return base64.length / 4 * 3 - (/=*$/.exec(base64)?.[0].length ?? 0);
}

/** The most confident mistakes of a validation, as small images. */
const samplesBody = z.object({
  type: z.literal("samples"),
  /** The epoch whose validation it is. */
  epoch: z.int(),
  /** The most confident first. */
  mistakes: z.array(
    z.object({
      /** Place in the validation part. */
      picture: z.int().min(0),
      /** From the data set's folder on; null where many share one. */
      file: shown.nullable(),
      actual: z.int(),
      predicted: z.int(),
      /** Probability of the predicted class. */
      confidence: z.number(),
      width: z.int().min(1).max(SAMPLE_SIDE_AT_MOST),
      height: z.int().min(1).max(SAMPLE_SIDE_AT_MOST),
      /** height×width×3 bytes, row-major: red, green, blue. */
      pixels: z.base64(),
    }).refine(
      ({ width, height, pixels }) => bytesIn(pixels) === width * height * 3,
      "pixels must be width × height × 3 bytes",
    ),
  ),
});

/** One GPU; null for what its driver does not tell. */
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
  /** Of the trainer and all that it started, 100 for one core at work; null where the system does not tell. */
  processor_percent: z.number().nullable(),
  cores: z.int(),
  memory_bytes: z.number().nullable(),
  memory_total_bytes: z.number(),
  processes: z.int(),
  gpus: z.array(gpuSchema),
  /** Why GPUs cannot be asked, where there is a driver. */
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
  seconds: z.object({ total: z.number(), prepare: z.number(), extract: z.number(), train: z.number() }),
  /** The run's id. */
  run: shown,
  directory: path,
  /** The figures of the epoch whose weights are in final/, early stopping's reference. Not there if none were kept. */
  restored: epochFiguresSchema.optional(),
  notices: z.array(shown),
  /** The command that repeats the run; null where it was not prepared or would fail again. Older runs do not have this field. */
  repeat: z.string().nullable().optional(),
  /** failed and nan: one line that says what is wrong, where, and what to do. Older runs do not have it for nan. */
  error: shown.optional(),
  /** interrupted: the signal that asked for it. One that a later version adds is left out, not the event. */
  signal: z.enum(STOP_SIGNALS).optional().catch(undefined),
});

export const eventBodySchema = z.discriminatedUnion("type", [
  runBody,
  phaseBody,
  classesBody,
  progressBody,
  epochBody,
  earlyStoppingBody,
  checkpointBody,
  controlBody,
  logBody,
  systemBody,
  confusionBody,
  samplesBody,
  endBody,
]);
/** An event before the log gives it its place: what the trainer says. */
export type EventBody = z.infer<typeof eventBodySchema>;

const envelope = z.object({
  /** From 1, without gaps. */
  seq: z.int().min(1),
  /** ISO 8601, UTC. */
  time: z.string().refine((time) => !Number.isNaN(Date.parse(time)), "must be a time"),
  v: z.int(),
});

/** An event as it stands in the log, on the socket and in `--json`. */
export type RunEvent = z.infer<typeof envelope> & EventBody;
export type EventOf<T extends EventBody["type"]> = Extract<RunEvent, { type: T }>;

const headSchema = z.looseObject({ ...envelope.shape, type: z.string() });

/** A known event, or null where the type is one this version does not know. Throws on a malformed one. */
export function parseEvent(value: unknown): RunEvent | null {
  const head = headSchema.parse(value);
  const known = eventBodySchema.options.some((option) => option.shape.type.value === head.type);
  if (!known) return null;
  return { ...envelope.parse(head), ...eventBodySchema.parse(head.v === 1 ? fromVersion1(head) : head) };
}
