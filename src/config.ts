/**
 * The options of a run. Each option is defined here only: its schema with limits and default, and its text in the help
 * and in docs/flags.md. The flag, the key in `--config FILE` and in config.json, and the command that repeats a run are
 * derived from this definition.
 */
import { z } from "zod";
import { POOLINGS } from "./bases/base.ts";
import { BASE_NAMES, DEFAULT_BASE } from "./bases/bases.ts";
import { NETWORK_NAMES, scratchNetwork } from "./bases/networks.ts";
import { LESSON_HEAD, MOST_UNITS } from "./head_form.ts";
import { DEFAULT_MONITOR, DIRECTIONS, MONITORS } from "./metrics.ts";
import {
  checkBase,
  checkHead,
  checkHeadOptions,
  checkScratch,
  checkStart,
  DEFAULT_CHECKPOINT,
} from "./option_checks.ts";
import { optionFacts } from "./options.ts";
import { BLOCK_IMAGES, shuffleTogetherSchema } from "./shuffling.ts";
import { sinkOptions } from "./sink_options.ts";

export const baseNameSchema = z.enum(BASE_NAMES);

/** A frozen base, or a network that is trained from scratch. */
export const networkNameSchema = z.enum(NETWORK_NAMES);

/** A base in a file that Keras wrote. */
export const baseFileSchema = z.object({
  path: z.string(),
  /** Of the file: it decides the base's layers. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The layer that the base ends with; null for the one before the model's top, LOGITS for the last one. */
  cut: z.string().nullable(),
});
/** Stands for a model's last layer without its softmax or sigmoid. No layer has this name. */
export const LOGITS = "<logits>";
export type BaseFile = z.infer<typeof baseFileSchema>;

/** A base: one of the list, or one in a file. */
export const baseRefSchema = z.union([baseNameSchema, baseFileSchema]);
export type BaseRef = z.infer<typeof baseRefSchema>;

/** Returns what a base is called where there is little room: a file without its folder. */
export function shownBase(base: string): string {
  return isBaseFile(base) ? base.slice(base.lastIndexOf("/") + 1) : base;
}

/** Whether `--base` names a file and not a network of the list. */
export function isBaseFile(base: string): boolean {
  return !networkNameSchema.safeParse(base).success;
}

export const preprocessSchema = z.enum(["scale", "imagenet"]);
export type Preprocess = z.infer<typeof preprocessSchema>;

/** How image files are resized to the network's input size: like tf.image.resize_with_pad, or with antialiasing. */
export const resizeSchema = z.enum(["bilinear", "antialias"]);
export type Resize = z.infer<typeof resizeSchema>;

export const poolingSchema = z.enum(POOLINGS);

/** The number format in which the frozen base is computed. */
export const precisionSchema = z.enum(["float32", "bfloat16"]);
export type Precision = z.infer<typeof precisionSchema>;

/** The engines. Each has an entry in src/engine/engines/list.ts. */
export const engineKindSchema = z.enum(["tensorflow", "openvino", "cuda", "webgpu", "wasm"]);
export type EngineKind = z.infer<typeof engineKindSchema>;

/** The engine to use: `auto` takes the first one that is available. A named engine is used, or the run fails. */
export const engineRequestSchema = z.enum(["auto", ...engineKindSchema.options]);
export type EngineRequest = z.infer<typeof engineRequestSchema>;

export const monitorSchema = z.enum(MONITORS);
export type Monitor = z.infer<typeof monitorSchema>;

/** The `mode` of Keras's EarlyStopping. `auto` takes the direction of the monitored figure's metric. */
export const modeSchema = z.enum(["auto", ...DIRECTIONS]);
export type Mode = z.infer<typeof modeSchema>;

/** The class weights, as in Keras's `class_weight`: none, or weights computed like scikit-learn's of the same name. */
export const classWeightSchema = z.enum(["none", "balanced"]);

/** The largest height and width that images are resized to, in pixels. */
export const LARGEST_SIZE = 1024;
/** The lesson's size of the images that a frozen base takes. */
const DEFAULT_SIZE = 160;
/** Larger numbers are rejected as typing errors. Memory would not suffice for them. */
const MOST_BATCH = 65_536;
const MOST_EPOCHS = 1_000_000;
/** Larger numbers are rejected as typing errors. */
const MOST_GPUS = 1023;
/** A disk would not suffice for more checkpoints. */
const MOST_KEPT = 10_000;

/** The folder of runs if `--runs` is not given. */
export const DEFAULT_RUNS = "runs";

/** `--runs`. Every command that looks for runs has this option. */
export const runsFolderSchema = z.string().min(1).default(DEFAULT_RUNS)
  .register(optionFacts, { value: "<DIR>", help: "the folder in which runs are kept", pathUnless: [] });

/** A SHA-256 digest in hexadecimal, or at least its first 16 digits. */
const DIGEST = /^[0-9a-f]{16,64}$/;

/** The words that `--data` accepts besides a folder. */
export const DATA_NAMES = ["dollarstreet", "demo"] as const;

/** The words that `--weights` accepts besides a file. */
export const WEIGHTS_NAMES = ["imagenet", "random"] as const;

export const runOptionsSchema = z.strictObject({
  data: z.string().min(1).optional().register(optionFacts, {
    value: "<SET>",
    help: `${DATA_NAMES.join(", ")}, or a folder of images or .npy files`,
    otherwise: "dollarstreet, or demo if it cannot be downloaded",
    pathUnless: DATA_NAMES,
    always: true,
  }),
  validation_split: z.number().gt(0).lt(1).default(0.25).register(optionFacts, {
    value: "<SHARE>",
    help: "share of each class that is used for validation, if a folder of images has no val/ or test/",
  }),
  max_broken: z.number().min(0).max(1).default(0.01).register(optionFacts, {
    value: "<SHARE>",
    help: "largest share of image files that may be broken and are left out; unless it is 0, one file always may be",
  }),
  base: z.string().default(DEFAULT_BASE).register(optionFacts, {
    value: "<WHICH>",
    help: `the frozen base, a network that is trained from scratch, or a whole Keras model: ${
      NETWORK_NAMES.join(", ")
    }, or a .keras or .h5 file`,
    pathUnless: NETWORK_NAMES,
  }),
  cut: z.string().min(1).refine((layer) => layer !== LOGITS, "no layer has this name").optional().register(
    optionFacts,
    {
      value: "<LAYER>",
      help: "the last layer to use of a base from a file",
      otherwise: "the one before its top",
    },
  ),
  weights: z.string().min(1).optional().register(optionFacts, {
    value: "<WHICH>",
    help: `${WEIGHTS_NAMES.join(", ")}, or a file of Keras (.h5, .weights.h5, .keras)`,
    otherwise: "imagenet, or random if it cannot be downloaded",
    pathUnless: WEIGHTS_NAMES,
    always: true,
  }),
  preprocess: preprocessSchema.optional().register(optionFacts, {
    value: "<HOW>",
    help: "divide pixels by 255, or preprocess them as in the base's ImageNet training",
    otherwise: "imagenet for image files and for several bases, else scale",
    always: true,
  }),
  size: z.int().max(LARGEST_SIZE).default(DEFAULT_SIZE).register(optionFacts, {
    value: "<PIXELS>",
    help: "height and width that images are resized to; a network from scratch has a default of its own",
  }),
  resize: resizeSchema.default("bilinear").register(optionFacts, {
    value: "<HOW>",
    help: "resize image files as Keras does, or with antialiasing",
  }),
  pooling: poolingSchema.default("max").register(optionFacts, {
    value: "<HOW>",
    help: "how the base's feature maps are pooled",
  }),
  head: z.string().min(1).check(checkHead).optional().register(optionFacts, {
    value: "<LAYERS>",
    help: "layers between the base and the output: bn, dense:UNITS:ACTIVATION and dropout:RATE, separated by commas, " +
      "or linear for none",
    otherwise: LESSON_HEAD,
  }),
  hidden: z.int().min(1).max(MOST_UNITS).optional().register(optionFacts, {
    value: "<UNITS>",
    help: "units of the hidden layer in the default head",
    otherwise: "50",
  }),
  dropout: z.number().min(0).lt(1).optional().register(optionFacts, {
    value: "<RATE>",
    help: "share of hidden units dropped during training in the default head",
    otherwise: "0.5",
  }),
  batch: z.int().min(1).max(MOST_BATCH).default(32)
    .register(optionFacts, { value: "<N>", help: "images per training step" }),
  class_weight: classWeightSchema.default("none").register(optionFacts, {
    value: "<HOW>",
    help: "weight of an image in the training loss, equal for all or inversely proportional to the size of its class",
  }),
  epochs: z.int().min(1).max(MOST_EPOCHS).default(30)
    .register(optionFacts, { value: "<N>", help: "maximum number of epochs" }),
  patience: z.int().min(0).default(5)
    .register(optionFacts, {
      value: "<N>",
      help: "epochs without improvement before the run stops; a network from scratch has a default of its own",
    }),
  monitor: monitorSchema.default(DEFAULT_MONITOR)
    .register(optionFacts, { value: "<FIGURE>", help: "the figure that decides early stopping and the best epoch" }),
  mode: modeSchema.default("auto")
    .register(optionFacts, { value: "<HOW>", help: "whether a smaller or a larger monitored figure is better" }),
  min_delta: z.number().min(0).default(0)
    .register(optionFacts, {
      value: "<X>",
      help: "smallest change of the monitored figure that counts as an improvement",
    }),
  baseline: z.number().optional().register(optionFacts, {
    value: "<X>",
    help: "value that an improvement must also beat to reset patience",
    otherwise: "none",
  }),
  start_from_epoch: z.int().min(0).default(0)
    .register(optionFacts, { value: "<N>", help: "number of epochs before early stopping takes effect" }),
  restore_best: z.boolean().default(false)
    .register(optionFacts, { help: "save the weights of early stopping's reference epoch to final/ at the end" }),
  keep: z.int().min(0).max(MOST_KEPT).default(0).register(optionFacts, {
    value: "<N>",
    help:
      "number of checkpoints to keep beside best, last and requested ones: the epochs with the best monitored figure",
  }),
  ...sinkOptions,
  from: z.string().min(1).optional().register(optionFacts, {
    value: "<RUN>",
    help:
      "start with the weights of another run's checkpoint, with its data and its base; the optimizer and the epochs begin anew",
    otherwise: "initial weights from the seed",
  }),
  from_checkpoint: z.string().min(1).default(DEFAULT_CHECKPOINT).register(optionFacts, {
    value: "<NAME>",
    help: "the checkpoint to take with --from: best, last, final, or a name in checkpoints/",
  }),
  learning_rate: z.number().gt(0).default(0.001).register(optionFacts, { value: "<X>", help: "Adam's learning rate" }),
  seed: z.int().min(0).max(0xffff_ffff).default(2).register(optionFacts, {
    value: "<N>",
    help: "seed of the initial weights, shuffling and dropout",
    always: true,
  }),
  shuffle_together: shuffleTogetherSchema.optional().register(optionFacts, {
    value: "<N>",
    help: `number of images that are shuffled with each other: all, as in Keras, or a multiple of ${BLOCK_IMAGES}`,
    otherwise: "all, or fewer if the training features need more than half of the free memory",
  }),
  engine: engineRequestSchema.default("auto")
    .register(optionFacts, { value: "<KIND>", help: "the engine that computes", always: true }),
  tensorflow: z.string().min(1).optional().register(optionFacts, {
    value: "<DIR>",
    help: "the folder of a TensorFlow package to use instead of downloading one",
    pathUnless: [],
  }),
  gpu: z.int().min(0).max(MOST_GPUS).optional().register(optionFacts, {
    value: "<N>",
    help: "the number of the NVIDIA GPU that computes the frozen base, as nvidia-smi counts them",
    otherwise: "the first one that can be used, if there is one",
  }),
  tf32: z.boolean().default(false)
    .register(optionFacts, { help: "let an NVIDIA GPU compute the frozen base in TF32, which is less exact" }),
  precision: precisionSchema.default("float32")
    .register(optionFacts, { value: "<P>", help: "number format in which the frozen base is computed" }),
  expect_features: z.string().toLowerCase().regex(DIGEST, "must be 16 to 64 hexadecimal digits").optional().register(
    optionFacts,
    {
      value: "<SHA256>",
      help: "SHA-256 digest of the features of the run that this one repeats; warns if this run's features differ",
      otherwise: "none",
    },
  ),
  runs: runsFolderSchema,
  name: z.string().min(1).max(200).optional().register(optionFacts, { value: "<TEXT>", help: "a name for this run" }),
}).check(checkBase).check(checkHeadOptions).check(checkStart).check(checkScratch);

/** Returns options with the size and the patience that their network has where none are given. */
export function withNetworkDefaults(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const network = typeof given["base"] === "string" ? scratchNetwork(given["base"]) : null;
  return { ...(network ? { size: network.defaultSize, patience: network.defaultPatience } : {}), ...given };
}

/** The options of a run, with defaults filled in. */
export type RunOptions = z.infer<typeof runOptionsSchema>;

/** Whether the run's base is frozen. If not, the whole network is trained. */
export function hasFrozenBase({ base }: Pick<RunOptions, "base">): boolean {
  return scratchNetwork(base) === null;
}

/** Returns the .h5 file that `--weights` names, or null if the weights are random or published ones. */
export function weightsFile({ weights }: Pick<RunOptions, "weights">): string | null {
  return weights === undefined || WEIGHTS_NAMES.some((name) => name === weights) ? null : weights;
}

/** The options that determine the layers of the model. */
export const MODEL_OPTIONS = [
  "base",
  "cut",
  "size",
  "pooling",
  "head",
  "hidden",
  "dropout",
] as const satisfies readonly (keyof RunOptions)[];
export type ModelOptionName = (typeof MODEL_OPTIONS)[number];
