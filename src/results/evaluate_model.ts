/** Evaluates a whole Keras model from a file, with its own top. */
import { at } from "../at.ts";
import { cacheRoot } from "../paths.ts";
import { answersAbout, type EvaluateServices, type Evaluation, nothingDecoded } from "./evaluate.ts";
import type { ImagesForModel } from "./labelled_for_model.ts";
import { modelSpec, type OpenedModel } from "./model_classifier.ts";
import { validationFeatures } from "./validation_features.ts";

/** Keras's `epsilon`, which bounds probabilities before their logarithm is taken. */
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
 * Returns the mean sparse categorical cross-entropy of probabilities, as Keras computes it.
 * @param probabilities images × classes, row-major
 */
export function crossEntropy(probabilities: Float64Array, labels: Int32Array): number {
  const classes = probabilities.length / labels.length;
  const losses = Array.from(labels, (label, row) => {
    const probability = at(probabilities, row * classes + label);
    return -Math.log(Math.min(1 - EPSILON, Math.max(EPSILON, probability)));
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / labels.length;
}
