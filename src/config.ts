/** What a run can be asked for: one schema for the command line, `--config FILE` and config.json. */
import { z } from "zod";
import { DEFAULT_MONITOR, MONITORS } from "./metrics.ts";

export const baseNameSchema = z.enum(["densenet121", "squeezenet11"]);
export type BaseName = z.infer<typeof baseNameSchema>;

export const preprocessSchema = z.enum(["scale", "imagenet"]);
export type Preprocess = z.infer<typeof preprocessSchema>;

/** How picture files become the network's size: as tf.image.resize_with_pad, or with antialiasing. */
export const resizeSchema = z.enum(["bilinear", "antialias"]);
export type Resize = z.infer<typeof resizeSchema>;

export const poolingSchema = z.enum(["max", "avg"]);
export type Pooling = z.infer<typeof poolingSchema>;

/** What the frozen base computes in. */
export const precisionSchema = z.enum(["float32", "bfloat16"]);
export type Precision = z.infer<typeof precisionSchema>;

/** The engines, the one that `auto` tries first coming first. Each has an entry in src/engine/engines/list.ts. */
export const engineKindSchema = z.enum(["tensorflow", "wasm"]);
export type EngineKind = z.infer<typeof engineKindSchema>;

/** Which engine computes: the first that can be had, or one that is used or is an error. */
export const engineRequestSchema = z.enum(["auto", ...engineKindSchema.options]);
export type EngineRequest = z.infer<typeof engineRequestSchema>;

export const monitorSchema = z.enum(MONITORS);
export type Monitor = z.infer<typeof monitorSchema>;

export const runOptionsSchema = z.strictObject({
  /** dollarstreet, demo, a folder of pictures or of the four .npy files; not named: the lesson's set, else the demo set. */
  data: z.string().min(1).optional(),
  /** Share of each class that is kept for validation, where a folder of pictures has no part for it. */
  validation_split: z.number().gt(0).lt(1).default(0.25),
  /** Share of picture files that may be broken; they are left out. */
  max_broken: z.number().min(0).max(1).default(0.01),
  base: baseNameSchema.default("densenet121"),
  /** imagenet, random, or an .h5 file; not named: the published file, else random ones. */
  weights: z.string().min(1).optional(),
  preprocess: preprocessSchema.optional(),
  size: z.int().min(32).max(1024).default(160),
  resize: resizeSchema.default("bilinear"),
  pooling: poolingSchema.default("max"),
  hidden: z.int().min(1).max(65_536).default(50),
  dropout: z.number().min(0).lt(1).default(0.5),
  batch: z.int().min(1).max(65_536).default(32),
  epochs: z.int().min(1).max(1_000_000).default(30),
  patience: z.int().min(0).default(5),
  monitor: monitorSchema.default(DEFAULT_MONITOR),
  /** Keras's mode: auto takes max for an accuracy and min for a loss. */
  mode: z.enum(["auto", "min", "max"]).default("auto"),
  min_delta: z.number().min(0).default(0),
  baseline: z.number().optional(),
  start_from_epoch: z.int().min(0).default(0),
  restore_best: z.boolean().default(false),
  learning_rate: z.number().gt(0).default(0.001),
  seed: z.int().min(0).max(0xffff_ffff).default(2),
  engine: engineRequestSchema.default("auto"),
  /** A folder that holds libtensorflow_cc.so.2 and include/, to be used instead of a downloaded one. */
  tensorflow: z.string().min(1).optional(),
  precision: precisionSchema.default("float32"),
  runs: z.string().min(1).default("runs"),
  name: z.string().min(1).max(200).optional(),
});
/** All options, defaults filled in. */
export type RunOptions = z.infer<typeof runOptionsSchema>;
