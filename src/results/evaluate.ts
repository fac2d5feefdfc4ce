/** Evaluates a trained run on labelled images. */
import { at } from "../at.ts";
import type { BrokenImage } from "../data/dataset/dataset.ts";
import type { Engine } from "../engine/engine.ts";
import { hasFrozenBase } from "../config.ts";
import { HeadlightError } from "../errors.ts";
import { PixelSource } from "../features/pixels/pixel_source.ts";
import type { OnFeatures } from "../features/rows/feature_set.ts";
import { baseOf } from "../run/folder/run_config.ts";
import { planExtraction } from "../run/plan.ts";
import type { NamedMajority } from "../dashboard/run_text/class_text.ts";
import { shareOf } from "../training/class_figures.ts";
import { type BatchSource, featureSource } from "../training/batches.ts";
import { askNetwork } from "../training/inference.ts";
import type { Caveats } from "./caveats.ts";
import type { LabelledImages } from "./labelled_images.ts";
import { type Answers, type Metrics, metrics, softmax } from "./metrics.ts";
import { restoreWeights } from "./restore_weights.ts";
import type { TrainedRun } from "./trained_run.ts";
import { validationFeatures } from "./validation_features.ts";

/** The result of an evaluation. */
export interface Evaluation {
  readonly metrics: Metrics;
  /**
   * The most frequent class in training, and the share of the evaluated images that belong to it; null if the run did
   * not record it.
   */
  readonly majority: NamedMajority | null;
  /** The number of training images of each class; null if the run did not record it. */
  readonly trainedOn: readonly number[] | null;
  /** The mean sparse categorical cross-entropy. */
  readonly loss: number;
  /** Returns the index of a row's image in the validation set. A row is a row of `probabilities`. */
  readonly indexOf: (row: number) => number;
  /**
   * Returns the name of a row's image: its file, or its index if it does not have a file of its own.
   */
  readonly imageOf: (row: number) => string;
  /**
   * Returns a key that is the same for the same image in every run: the SHA-256 of its file, or its index in its
   * arrays.
   */
  readonly keyOf: (row: number) => string;
  readonly broken: readonly BrokenImage[];
  readonly caveats: Caveats;
  /** The probability of every class for each image: images × classes, row-major. Broken images have no row. */
  readonly probabilities: Float64Array;
}

/** What an evaluation uses besides the run and the images. */
export interface EvaluateServices {
  readonly engine: Engine;
  readonly engineFiles: TrainedRun["resolved"]["engine"];
  /** See `ValidationOptions`. */
  readonly onRead?: (done: number, total: number) => void;
  readonly onProgress: OnFeatures;
  readonly signal?: AbortSignal;
}

/**
 * Evaluates in inference mode with the same calls as validation during the run, so that the figures on the run's
 * validation set are those of its history. Broken images are left out and listed.
 *
 * @throws HeadlightError (1) if the extractor fails or no image can be decoded
 */
export async function evaluate(
  trained: TrainedRun,
  images: LabelledImages,
  services: EvaluateServices,
): Promise<Evaluation> {
  const { source: set, images: indices, broken } = await validationSource(trained, images, services);
  if (set.count === 0) throw nothingDecoded(images);
  const labels = set.labels.map((label) => at(images.classOf, label));
  const source: BatchSource = { ...set, labels };
  const { values, logits } = await askNetwork(services.engine.tf, trained.layers, trained.weights, source);
  const probabilities = softmax(logits, trained.classes.length);
  return {
    loss: values.loss,
    majority: trained.majorityClass === null ? null : {
      name: at(trained.classes, trained.majorityClass),
      accuracy: shareOf(trained.majorityClass, labels),
    },
    trainedOn: trained.trainedOn,
    ...answersAbout(images, indices, { classes: trained.classes, labels, probabilities }),
    broken,
    caveats: { ...images, trainedOn: trainedOnOf(images, indices) },
  };
}

/** Returns the error for images of which none can be decoded. */
export function nothingDecoded({ name }: LabelledImages): HeadlightError {
  return new HeadlightError(`${name}: no image can be decoded. Use other images.`, 1);
}

/**
 * Returns the metrics of answers, and functions that return the image of each row.
 * @param indices for each row, the index of its image in the validation set
 */
export function answersAbout(
  { dataset: { validation }, source }: LabelledImages,
  indices: Int32Array,
  answers: Answers,
): Pick<Evaluation, "metrics" | "indexOf" | "imageOf" | "keyOf" | "probabilities"> {
  return {
    metrics: metrics(answers),
    probabilities: answers.probabilities,
    indexOf: (row) => at(indices, row),
    imageOf: (row) => imageName(validation, at(indices, row)),
    keyOf: (row) => {
      const index = at(indices, row);
      return validation.contentOf(index) ?? `${JSON.stringify(source)} ${index}`;
    },
  };
}

/** Returns the file of an image, or its index in the array, which counts from 0. */
export function imageName(images: { fileOf(index: number): string | null }, index: number): string {
  return images.fileOf(index) ?? `image index ${index}`;
}

/** Returns the evaluated images that the run was trained on. */
function trainedOnOf({ dataset: { validation }, wasTrainedOn }: LabelledImages, images: Int32Array) {
  if (!wasTrainedOn) return null;
  return [...images].flatMap((index) => {
    const content = validation.contentOf(index);
    return content !== null && wasTrainedOn(content) ? [imageName(validation, index)] : [];
  });
}

/** The images on which a network is evaluated, in the form that it takes: features or pixels. */
interface Judged {
  readonly source: BatchSource;
  /** For each row, the index of its image in the validation set. */
  readonly images: Int32Array;
  readonly broken: readonly BrokenImage[];
}

async function validationSource(
  trained: TrainedRun,
  images: LabelledImages,
  services: EvaluateServices,
): Promise<Judged> {
  const { options, resolved } = trained;
  return hasFrozenBase(options)
    ? await validationRows({ options, resolved }, images, services)
    : await validationPixels(options, images, services);
}

async function validationPixels(
  { size }: TrainedRun["options"],
  { dataset: { validation } }: LabelledImages,
  { engine: { tf }, onProgress, signal }: EvaluateServices,
): Promise<Judged> {
  const broken: BrokenImage[] = [];
  const onRead = (done: number, newest: readonly BrokenImage[]) => {
    broken.push(...newest);
    onProgress(done, validation.count, false);
  };
  const pixels = await PixelSource.open(tf, validation, { size, signal, onRead });
  signal?.throwIfAborted();
  if (!pixels) throw new Error("reading ended early without a signal");
  const { count, labels, shape, images } = pixels;
  return { source: { count, labels, shape, gather: (rows) => pixels.gather(rows) }, images, broken };
}

async function validationRows(
  { options, resolved }: { readonly options: TrainedRun["options"]; readonly resolved: TrainedRun["resolved"] },
  { source, dataset }: LabelledImages,
  { engineFiles, onRead, onProgress, signal }: EvaluateServices,
): Promise<Judged> {
  const { weights, preprocess } = resolved;
  const plan = planExtraction(
    { base: baseOf(options, resolved), weights, preprocess, engine: engineFiles, source, dataset },
    options,
  );
  const { set, broken } = await validationFeatures(plan, {
    onRead,
    onProgress,
    signal,
    beforeComputing: () => restoreWeights({ options, resolved }, () => Promise.resolve(engineFiles)),
  });
  return { source: featureSource(set), images: set.images, broken };
}
