/** Uses a whole Keras model from a file as a classifier, with its own top. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BaseRef, LOGITS, type Preprocess, type Resize } from "../config.ts";
import { counted } from "../counted.ts";
import { readClassNames } from "../data/arrays/class_names.ts";
import type { FeatureRows } from "../features/base/frozen_base.ts";
import { weightsHash } from "../features/base/weights_hash.ts";
import type { EngineFiles } from "../engine/engine.ts";
import { HeadlightError } from "../errors.ts";
import { type BaseNetwork, baseNetwork, baseRefOf } from "../model/base_network.ts";
import { checkWeightsInTime } from "../model/check_weights.ts";
import { ANY_SIZE } from "../model/cut.ts";
import { lastActivation } from "../model/logits.ts";
import { choosePreprocess } from "../run/choose_preprocess.ts";
import { EXTRACTION_BATCH } from "../run/plan.ts";
import type { Classifier } from "./classify.ts";
import { softmax } from "./metrics.ts";

/** A model file and the flags that say how to use it. */
export interface ModelFile {
  readonly path: string;
  /** A file that names the classes. Default: the names in the model file, or else a classes.txt beside it. */
  readonly classes?: string | undefined;
  /** Default: `imagenet` if it is known how the model was trained, or else `scale`. */
  readonly preprocess?: Preprocess | undefined;
  /** The height and width of the images that the model gets. Default: those that it was made for. */
  readonly size?: number | undefined;
}

/** A model that was opened, how images become its input, and how its output becomes logits. */
export interface OpenedModel {
  readonly path: string;
  /** The names of its classes, or their numbers if it has no names. */
  readonly classes: readonly string[];
  /** The path of the file that names the classes, which may be the model's own; null if they are numbers. */
  readonly namedBy: string | null;
  readonly base: BaseRef;
  readonly size: number;
  readonly resize: Resize;
  readonly preprocess: Preprocess;
  /** The SHA-256 of the file, in hex. */
  readonly sha256: string;
  /** Returns the logit of every class for each row of the model's output: rows × classes, row-major. */
  readonly logits: Output["logits"];
}

/**
 * Opens the model in a file.
 *
 * @throws HeadlightError (2) if the file cannot be used, is not a classifier, or has another number of classes than are
 * named
 */
export async function openModel(file: ModelFile): Promise<OpenedModel> {
  const { path } = file;
  const choice = { base: path, cut: LOGITS };
  await checkWeightsInTime(path, { ...choice, size: file.size ?? null, pooling: POOLING });
  const base = await baseRefOf(choice);
  const network = await baseNetwork(base);
  const size = file.size ?? network.madeFor ?? ANY_SIZE;
  const output = outputOf(network, path);
  return {
    path,
    ...classesOf(output.classes, file, network.model?.classNames),
    base,
    size,
    resize: "bilinear",
    preprocess: choosePreprocess(file.preprocess, "imagenet", network),
    sha256: await weightsHash(path),
    logits: output.logits,
  };
}

/** Required by functions for bases, but without effect: a classifier outputs a vector, which is not pooled. */
const POOLING = "max";

/** Returns everything that determines what a model outputs for images, except the images. */
export function modelSpec({ path, base, size, preprocess, sha256 }: OpenedModel, engine: EngineFiles) {
  return {
    base,
    pooling: POOLING,
    size,
    preprocess,
    precision: "float32",
    weights: { kind: "file", path, sha256 },
    engine,
    batchSize: EXTRACTION_BATCH,
  } as const;
}

/** Returns a model as a classifier of image files. */
export function modelClassifier(model: OpenedModel, engine: EngineFiles): Classifier {
  const { size, resize, classes, logits } = model;
  return {
    spec: modelSpec(model, engine),
    size,
    batchSize: EXTRACTION_BATCH,
    resize,
    classes,
    probabilities: (_images, rows) => {
      if (rows) return softmax(logits(rows), classes.length);
      throw new RangeError("the rows with the model's output are required");
    },
  };
}

interface Output {
  readonly classes: number;
  readonly logits: (rows: FeatureRows) => Float32Array;
}

/**
 * Returns the number of classes, and a function that returns their logits. Those of one sigmoid stand for two classes:
 * the softmax of 0 and a logit is its sigmoid.
 *
 * @throws HeadlightError (2) if the output is none of these
 */
function outputOf(network: BaseNetwork, path: string): Output {
  const activation = network.model === undefined ? null : lastActivation(network.model);
  const { featureWidth: width } = network;
  if (activation === "softmax" || (activation === "linear" && width > 1)) {
    return { classes: width, logits: ({ features }) => features };
  }
  if (activation === "sigmoid" && width === 1) {
    return {
      classes: 2,
      logits: ({ features }) => Float32Array.from([...features].flatMap((logit) => [0, logit])),
    };
  }
  throw new HeadlightError(
    `--model ${path}: the model outputs ${width} value${width === 1 ? "" : "s"} ${
      activation === null ? "without a Dense layer at the end" : `with the activation ${activation}`
    }. Only classifiers are supported: softmax, logits or one sigmoid.`,
  );
}

/** The file beside a model that names its classes, as an export writes it. */
export const NAMES_BESIDE = "classes.txt";

/**
 * Returns the classes of a model: those that `--classes` names, or else those in the model's own file, or else those in
 * a file beside it, or else their numbers.
 *
 * @throws HeadlightError (2) if a file names another number of classes
 */
function classesOf(
  count: number,
  { path, classes: given }: ModelFile,
  own: readonly string[] | undefined,
): Pick<OpenedModel, "classes" | "namedBy"> {
  if (given === undefined && own?.length === count) return { classes: own, namedBy: path };
  const beside = join(dirname(path), NAMES_BESIDE);
  const file = given ?? (existsSync(beside) ? beside : null);
  if (file === null) return { classes: Array.from({ length: count }, (_, label) => String(label)), namedBy: null };
  const classes = readClassNames(file);
  if (classes.length === count) return { classes, namedBy: file };
  const [where, remedy] = given === undefined
    ? [file, "or give another file with --classes"]
    : [`--classes ${file}`, "or remove --classes"];
  throw new HeadlightError(
    `${where}: it names ${
      counted(classes.length, "class", "classes")
    }, but the model has ${count}. Name each of its classes, one on each ` +
      `line, ${remedy}.`,
  );
}
