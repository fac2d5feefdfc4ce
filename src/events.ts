/**
 * The events of a run. The types are inferred from the schemas. Readers skip event types and fields that they do not
 * know, so an older viewer can watch a newer trainer.
 */
import { z } from "zod";
import {
  checkpointBody,
  confusionBody,
  controlBody,
  earlyStoppingBody,
  logBody,
  roundingBody,
  samplesBody,
  systemBody,
} from "./event_bodies.ts";
import { figure, path, shown } from "./event_parts.ts";
import { fromVersion1 } from "./events_version_1.ts";
import { byClassFigure, byFigure, byMetric } from "./metrics.ts";
import { STOP_SIGNALS } from "./stop_signals.ts";

/**
 * The version of the event schema, `v` in every event. Version 2 distinguishes the best epoch from early stopping's
 * reference. Events of version 1 can still be read.
 */
export const EVENT_VERSION = 2;

export const phaseNameSchema = z.enum(["prepare", "extract", "train"]);
export type PhaseName = z.infer<typeof phaseNameSchema>;

/** Seconds spent in each phase. */
export const phaseSecondsSchema = z.object({ prepare: z.number(), extract: z.number(), train: z.number() });
export type PhaseSeconds = z.infer<typeof phaseSecondsSchema>;

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
  engine: z.object({
    kind: shown,
    version: shown,
    device: shown,
    /** The device's name, if it is not the processor. */
    device_name: shown.optional(),
    /** Why it was chosen, in a few words. Older runs do not have this field. */
    why: shown.optional(),
  }),
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
   * Why the run does not go on although it was resumed: one line, as `error`. It cannot, or it was stopped before its
   * first step. The run is left as it was, and the other fields say how it had ended before; `interrupted` if it had no
   * end.
   */
  refused: shown.optional(),
  /**
   * failed: 2 if the options cannot be used on this machine, 75 if a disk had no room, so that the run can go on later.
   * If it is missing, the exit status is 1. With `refused`: that of the error, or 0 or that of the signal for a run
   * that was stopped; if it is missing, 2.
   */
  exit_status: z.int().min(0).max(255).optional().catch(undefined),
  /**
   * interrupted: the signal that ended the run. A signal that this version does not know is dropped, and the event is
   * kept.
   */
  signal: z.enum(STOP_SIGNALS).optional().catch(undefined),
  /** interrupted: why the signal was sent, in a few words, if the batch system says so. */
  cause: shown.optional(),
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

const headSchema = envelope.extend({ type: z.string() });
const looseSchema = z.looseObject({ type: z.string() });
/** The schema of each type: a log has thousands of events, and searching the union for each one takes time. */
const schemas = new Map<string, z.ZodType<EventBody>>(
  eventBodySchema.options.map((schema) => [schema.shape.type.value, schema]),
);

/**
 * Returns the event, or null if this version does not know its type.
 * @throws ZodError if the event is malformed
 */
export function parseEvent(value: unknown): RunEvent | null {
  const { type, ...head } = headSchema.parse(value);
  const schema = schemas.get(type);
  if (!schema) return null;
  return { ...head, ...schema.parse(head.v === 1 ? fromVersion1(looseSchema.parse(value)) : value) };
}
