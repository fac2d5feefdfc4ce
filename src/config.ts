/**
 * What a run can be asked for. Each option is told here and nowhere else: its schema with limits and default, and what
 * the command line and the README say about it. The flag, the key of `--config FILE` and config.json, and the command
 * that repeats a run all follow.
 */
import { z } from "zod";
import { type Base, POOLINGS } from "./bases/base.ts";
import { BASE_NAMES, bases, DEFAULT_BASE } from "./bases/bases.ts";
import { DEFAULT_MONITOR, DIRECTIONS, MONITORS } from "./metrics.ts";
import { optionFacts } from "./options.ts";

export const baseNameSchema = z.enum(BASE_NAMES);

export const preprocessSchema = z.enum(["scale", "imagenet"]);
export type Preprocess = z.infer<typeof preprocessSchema>;

/** How image files become the network's size: as tf.image.resize_with_pad, or with antialiasing. */
export const resizeSchema = z.enum(["bilinear", "antialias"]);
export type Resize = z.infer<typeof resizeSchema>;

export const poolingSchema = z.enum(POOLINGS);

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

/** Keras's mode: auto takes the direction of the monitored figure's metric. */
export const modeSchema = z.enum(["auto", ...DIRECTIONS]);
export type Mode = z.infer<typeof modeSchema>;

/** Keras's class_weight: none, or scikit-learn's weights of this name. */
export const classWeightSchema = z.enum(["none", "balanced"]);

const LARGEST_SIZE = 1024;
/** Above these a number is a typing error; memory would not suffice. */
const MOST_UNITS = 65_536;
const MOST_EPOCHS = 1_000_000;

/** The folder of runs where `--runs` names no other. */
export const DEFAULT_RUNS = "runs";

/** Where runs are kept: every command that looks for runs takes it. */
export const runsFolderSchema = z.string().min(1).default(DEFAULT_RUNS)
  .register(optionFacts, { value: "<DIR>", help: "where runs are kept", pathUnless: [] });

/** A SHA-256, or as much of its beginning as tells it from any other. */
const DIGEST = /^[0-9a-f]{16,64}$/;

/** Words that `--data` takes beside a folder. */
export const DATA_NAMES = ["dollarstreet", "demo"] as const;

/** Words that `--weights` takes beside a file. */
export const WEIGHTS_NAMES = ["imagenet", "random"] as const;

export const runOptionsSchema = z.strictObject({
  data: z.string().min(1).optional().register(optionFacts, {
    value: "<SET>",
    help: `${DATA_NAMES.join(", ")}, or a folder of images or .npy files`,
    otherwise: "the lesson's set, else demo",
    pathUnless: DATA_NAMES,
    always: true,
  }),
  validation_split: z.number().gt(0).lt(1).default(0.25).register(optionFacts, {
    value: "<SHARE>",
    help: "share of each class that is kept for validation, if an image folder has no val/ or test/",
  }),
  max_broken: z.number().min(0).max(1).default(0.01).register(optionFacts, {
    value: "<SHARE>",
    help: "share of image files that may be broken, one in any case unless it is 0; they are left out",
  }),
  base: baseNameSchema.default(DEFAULT_BASE).register(optionFacts, { value: "<NAME>", help: "the frozen base" }),
  weights: z.string().min(1).optional().register(optionFacts, {
    value: "<WHICH>",
    help: `${WEIGHTS_NAMES.join(", ")}, or a Keras .h5 file`,
    otherwise: "imagenet's, else random",
    pathUnless: WEIGHTS_NAMES,
    always: true,
  }),
  preprocess: preprocessSchema.optional().register(optionFacts, {
    value: "<HOW>",
    help: "divide pixels by 255, or preprocess them as the base was trained",
    otherwise: "scale; imagenet for image files",
    always: true,
  }),
  size: z.int().max(LARGEST_SIZE).default(160)
    .register(optionFacts, { value: "<PIXELS>", help: "side that images are resized to" }),
  resize: resizeSchema.default("bilinear").register(optionFacts, {
    value: "<HOW>",
    help: "how image files are resized, as Keras does it or with antialiasing",
  }),
  pooling: poolingSchema.default("max").register(optionFacts, {
    value: "<HOW>",
    help: "what the base makes of each feature map",
  }),
  hidden: z.int().min(1).max(MOST_UNITS).default(50)
    .register(optionFacts, { value: "<UNITS>", help: "units of the head's hidden layer" }),
  dropout: z.number().min(0).lt(1).default(0.5)
    .register(optionFacts, { value: "<RATE>", help: "share of hidden units dropped in training" }),
  batch: z.int().min(1).max(MOST_UNITS).default(32)
    .register(optionFacts, { value: "<N>", help: "images per training step" }),
  class_weight: classWeightSchema.default("none").register(optionFacts, {
    value: "<HOW>",
    help: "how much an image counts in training, all alike or in inverse proportion to the size of its class",
  }),
  epochs: z.int().min(1).max(MOST_EPOCHS).default(30)
    .register(optionFacts, { value: "<N>", help: "maximum number of epochs" }),
  patience: z.int().min(0).default(5)
    .register(optionFacts, { value: "<N>", help: "epochs without improvement before the run stops" }),
  monitor: monitorSchema.default(DEFAULT_MONITOR)
    .register(optionFacts, { value: "<FIGURE>", help: "the figure that early stopping and the best epoch go by" }),
  mode: modeSchema.default("auto")
    .register(optionFacts, { value: "<HOW>", help: "which way the monitored figure is better" }),
  min_delta: z.number().min(0).default(0)
    .register(optionFacts, { value: "<X>", help: "by how much the figure has to improve to count" }),
  baseline: z.number().optional().register(optionFacts, {
    value: "<X>",
    help: "what an improvement must also beat for patience to start anew",
    otherwise: "none",
  }),
  start_from_epoch: z.int().min(0).default(0)
    .register(optionFacts, { value: "<N>", help: "epochs before early stopping begins to count" }),
  restore_best: z.boolean().default(false)
    .register(optionFacts, { help: "restore the weights of early stopping's reference at the end, into final/" }),
  learning_rate: z.number().gt(0).default(0.001).register(optionFacts, { value: "<X>", help: "Adam's learning rate" }),
  seed: z.int().min(0).max(0xffff_ffff).default(2).register(optionFacts, {
    value: "<N>",
    help: "drives initial weights, shuffling and dropout",
    always: true,
  }),
  engine: engineRequestSchema.default("auto")
    .register(optionFacts, { value: "<KIND>", help: "what computes", always: true }),
  tensorflow: z.string().min(1).optional().register(optionFacts, {
    value: "<DIR>",
    help: "a TensorFlow package folder to use instead of a downloaded one",
    pathUnless: [],
  }),
  precision: precisionSchema.default("float32")
    .register(optionFacts, { value: "<P>", help: "what the frozen base computes in" }),
  expect_features: z.string().toLowerCase().regex(DIGEST, "must be 16 to 64 hexadecimal digits").optional().register(
    optionFacts,
    {
      value: "<SHA256>",
      help: "the digest of the features another run was trained on, which this one repeats; a difference is said",
      otherwise: "none",
    },
  ),
  runs: runsFolderSchema,
  name: z.string().min(1).max(200).optional().register(optionFacts, { value: "<TEXT>", help: "a name for this run" }),
}).check(({ value: { base, size }, issues }) => {
  const { smallestSize: minimum }: Base = bases[base];
  if (size >= minimum) return;
  issues.push({ code: "too_small", origin: "int", minimum, inclusive: true, input: size, path: ["size"] });
});
/** All options, defaults filled in. */
export type RunOptions = z.infer<typeof runOptionsSchema>;

/** Returns the .h5 file that `--weights` names, or null if the weights are made or come from the cache. */
export function weightsFile({ weights }: Pick<RunOptions, "weights">): string | null {
  return weights === undefined || WEIGHTS_NAMES.some((name) => name === weights) ? null : weights;
}

/** The options that decide the layers of the model. */
export const MODEL_OPTIONS = [
  "base",
  "size",
  "pooling",
  "hidden",
  "dropout",
] as const satisfies readonly (keyof RunOptions)[];
export type ModelOptionName = (typeof MODEL_OPTIONS)[number];
