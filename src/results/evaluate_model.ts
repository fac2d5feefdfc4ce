/** Evaluates a whole Keras model from a file, with its own top. */
import { at } from "../at.ts";
import { cacheRoot } from "../paths.ts";
import { answersAbout, type EvaluateServices, type Evaluation, nothingDecoded } from "./evaluate.ts";
import type { ImagesForModel } from "./labelled_for_model.ts";
import { softmax } from "./metrics.ts";
import { modelSpec, type OpenedModel } from "./model_classifier.ts";
import { validationFeatures } from "./validation_features.ts";

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
  const logits = model.logits({ features, rows: count, width });
  const probabilities = softmax(logits, model.classes.length);
  return {
    loss: crossEntropy(logits, labels),
    majority: null,
    trainedOn: null,
    ...answersAbout(images, set.images, { classes, labels, probabilities }),
    broken,
    caveats: { ...images, trainedOn: null },
  };
}

/**
 * Returns the mean sparse categorical cross-entropy of logits, in double precision, as Keras computes it for a model
 * that ends with a softmax or with logits (keras/src/backend/tensorflow/nn.py, `sparse_categorical_crossentropy`).
 *
 * @param logits images × classes, row-major
 * @param labels the number of the true class of each image
 */
export function crossEntropy(logits: Float32Array, labels: Int32Array): number {
  const classes = logits.length / labels.length;
  const losses = Array.from(labels, (label, row) => {
    const ofImage = logits.subarray(row * classes, (row + 1) * classes);
    const largest = Math.max(...ofImage);
    const sum = ofImage.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
    return Math.log(sum) + largest - at(ofImage, label);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / labels.length;
}
