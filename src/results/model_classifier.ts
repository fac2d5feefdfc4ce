/** A whole Keras model from a file as a classifier, with its own top. */
import type { ActivationName, LayerSpec } from "../bases/layer_spec.ts";
import { type Preprocess, type Resize, WHOLE_MODEL } from "../config.ts";
import { readClassNames } from "../data/arrays/class_names.ts";
import type { FeatureRows } from "../features/base/frozen_base.ts";
import { weightsHash } from "../features/base/weights_hash.ts";
import type { EngineFiles } from "../engine/engine.ts";
import { HeadlightError } from "../errors.ts";
import { type BaseNetwork, baseNetwork, baseRefOf } from "../model/base_network.ts";
import { checkWeightsInTime } from "../model/check_weights.ts";
import { ANY_SIZE } from "../model/cut.ts";
import { choosePreprocess } from "../run/choose_preprocess.ts";
import { EXTRACTION_BATCH } from "../run/plan.ts";
import type { Classifier } from "./classify.ts";
import { softmax } from "./metrics.ts";

export interface ModelFile {
  readonly path: string;
  /** A file that names the classes; without it they are numbers. */
  readonly classes?: string | undefined;
  /** Without it, as the model was trained if that is known, or scaled. */
  readonly preprocess?: Preprocess | undefined;
  /** The side of the images that the model gets; without it, the one that it was made for. */
  readonly size?: number | undefined;
  readonly resize: Resize;
}

/**
 * Opens the model in a file.
 *
 * @throws HeadlightError (exit status 2) if the file cannot be used, is not a classifier or has not as many classes as
 * are named
 */
export async function openModelClassifier(file: ModelFile): Promise<(engine: EngineFiles) => Classifier> {
  const { path, resize } = file;
  const choice = { base: path, cut: WHOLE_MODEL };
  await checkWeightsInTime(path, { ...choice, size: file.size ?? null, pooling: "max" });
  const base = await baseRefOf(choice);
  const network = await baseNetwork(base);
  const size = file.size ?? network.madeFor ?? ANY_SIZE;
  const sha256 = await weightsHash(path);
  const output = outputOf(network, size, path);
  const classes = namedClasses(output.classes, file.classes);
  const preprocess = choosePreprocess(file.preprocess, "imagenet", network);
  return (engine) => ({
    spec: {
      base,
      pooling: "max",
      size,
      preprocess,
      precision: "float32",
      weights: { path, sha256 },
      engine,
      batchSize: EXTRACTION_BATCH,
    },
    size,
    batchSize: EXTRACTION_BATCH,
    resize,
    classes,
    probabilities: (_images, rows) => {
      if (rows) return output.probabilities(rows);
      throw new RangeError("a model has an output");
    },
  });
}

interface Output {
  readonly classes: number;
  readonly probabilities: (rows: FeatureRows) => Float32Array | Float64Array;
}

/**
 * Returns how the model's output becomes probabilities: as it is after a softmax, with a softmax if it is linear, and
 * from one sigmoid those of two classes.
 */
function outputOf(network: BaseNetwork, size: number, path: string): Output {
  const activation = lastActivation(network.layers(size, "max"));
  const { featureWidth: width } = network;
  if (activation === "softmax") return { classes: width, probabilities: ({ features }) => features };
  if (activation === "linear" && width > 1) {
    return { classes: width, probabilities: ({ features }) => softmax(features, width) };
  }
  if (activation === "sigmoid" && width === 1) {
    return {
      classes: 2,
      probabilities: ({ features }) => Float32Array.from([...features].flatMap((value) => [1 - value, value])),
    };
  }
  throw new HeadlightError(
    `--model ${path}: it outputs ${width} value${width === 1 ? "" : "s"} ${
      activation === null ? "that are not of a Dense layer" : `with the activation ${activation}`
    }. Only classifiers are supported: softmax, logits or one sigmoid.`,
  );
}

/** Returns the activation of the last layer, or null if it has none or is not at the end of a classifier. */
function lastActivation(layers: readonly LayerSpec[]): ActivationName | null {
  const last = layers.at(-1);
  return last?.type === "Dense" || last?.type === "Activation" ? last.activation : null;
}

function namedClasses(count: number, file: string | undefined): readonly string[] {
  if (file === undefined) return Array.from({ length: count }, (_, label) => String(label));
  const names = readClassNames(file);
  if (names.length === count) return names;
  throw new HeadlightError(
    `--classes ${file}: it names ${names.length} classes, but the model has ${count}. Name each of its classes, one on ` +
      "each line, or remove --classes.",
  );
}
