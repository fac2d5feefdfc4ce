/** Evaluates a whole Keras model from a file, with its own top. */
import { at } from "../at.ts";
import { cacheRoot } from "../paths.ts";
import { answersAbout, type EvaluateServices, type Evaluation, nothingDecoded } from "./evaluate.ts";
import type { ImagesForModel } from "./labelled_for_model.ts";
import { modelSpec, type OpenedModel } from "./model_classifier.ts";
import { validationFeatures } from "./validation_features.ts";

/** Keras's `epsilon`: probabilities are limited to EPSILON…1 − EPSILON before their logarithm is taken. */
const EPSILON = 1e-7;

/**
 * Evaluates a model on labelled images. Its outputs are cached like the features of a base. Broken images are left out
 * and listed.
 *
 * @throws HeadlightError (1) if the extractor fails or no image can be decoded
 */
export async function evaluateModel(
  model: OpenedModel,
  { images, classes }: ImagesForModel,
  { engineFiles, onRead, onProgress, signal }: Omit<EvaluateServices, "engine">,
): Promise<Evaluation> {
  const { dataset, source } = images;
  const spec = { ...modelSpec(model, engineFiles), data: source };
  const plan = { spec, dataset, cacheRoot: cacheRoot() };
  const { set, broken } = await validationFeatures(plan, { onRead, onProgress, signal });
  const { rows: { count, width, gather } } = set;
  if (count === 0) throw nothingDecoded(images);
  const labels = set.labels.map((label) => at(images.classOf, label));
  const features = gather(Int32Array.from({ length: count }, (_, row) => row));
  const probabilities = Float64Array.from(model.probabilities({ features, rows: count, width }));
  return {
    loss: crossEntropy(probabilities, labels),
    majority: null,
    trainedOn: null,
    ...answersAbout(images, set.images, { classes, labels, probabilities }),
    broken,
    caveats: { ...images, trainedOn: null },
  };
}

/**
 * Returns the mean sparse categorical cross-entropy of probabilities, as Keras computes it from them
 * (keras/src/backend/tensorflow/nn.py, `sparse_categorical_crossentropy`): they are limited, and then normalized again.
 *
 * Keras's `model.evaluate` of a model that ends with a softmax takes the logits instead, so its loss is larger if the
 * probability of a true class is below EPSILON.
 *
 * @param probabilities images × classes, row-major
 * @param labels the number of the true class of each image
 */
export function crossEntropy(probabilities: Float64Array, labels: Int32Array): number {
  const classes = probabilities.length / labels.length;
  const losses = Array.from(labels, (label, row) => {
    const limited = probabilities.subarray(row * classes, (row + 1) * classes).map(limit);
    return Math.log(limited.reduce((sum, probability) => sum + probability, 0)) - Math.log(at(limited, label));
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / labels.length;
}

function limit(probability: number): number {
  return Math.min(1 - EPSILON, Math.max(EPSILON, probability));
}
