/** Trains a prepared run: on the features of a frozen base, or on the pixels of the images. */
import { join } from "node:path";
import type { BaseRef } from "../config.ts";
import { findImages } from "../features/found_images.ts";
import type { ImagesOf } from "../features/rows/feature_set.ts";
import { rowsDigest } from "../features/rows/rows_digest.ts";
import { featureSource } from "../training/batches.ts";
import { epochsIn } from "../training/history.ts";
import type { TrainingData } from "../training/train.ts";
import { CheckpointStore } from "./checkpoints/checkpoint_store.ts";
import { classFactsOf } from "./class_facts.ts";
import { extractPhase } from "./extract_phase.ts";
import type { ClassFacts, KeptConfig, TrainedFeatures } from "./folder/run_config.ts";
import { withoutSecrets } from "./folder/secret_options.ts";
import type { Journal } from "./journal.ts";
import { chosenTogether, inBlocksNotice } from "./image_order.ts";
import { sayNotices, sayStaying } from "./notices.ts";
import { otherFeaturesNotice } from "./other_features.ts";
import { readPixels } from "./pixel_phase.ts";
import { planExtraction } from "./plan.ts";
import type { Prepared } from "./prepare.ts";
import { repeatCommand, smallerLearningRate } from "./repeat.ts";
import { featureDifferences, pixelDifferences, processorDifferences } from "./resume/changes.ts";
import { Samples } from "./samples.ts";
import { Board } from "./tensorboard/board.ts";
import { trainPhase } from "./train_phase.ts";
import { keepingOf, trainingOptions } from "./training_options.ts";
import { keepGoing, keepImages, type Outcome, type RunServices, stoppedOutcome, type Work } from "./work.ts";

/** Computes the features of all images, or finds them in the cache, and trains the head on them. */
export async function trainOnFeatures(work: Work, base: BaseRef, services: RunServices): Promise<Outcome> {
  const { options, config, prepared, setUp } = work;
  const { journal, ledger, control, room } = services;
  const { dataset } = prepared;
  const plan = planExtraction({ ...prepared, base }, options);
  const images = await findImages(plan, { signal: control.stopped, onProgress: sayReading(prepared, journal) });
  if (!images) return stoppedOutcome(control);
  await keepImages(work, services);
  // There is nothing to extract, so there is no other process at whose side the steps could be set up later.
  if (images.rows.missing().length === 0) await setUp.steps();
  if (control.stop) return stoppedOutcome(control);
  ledger.enter("extract");
  journal.say({ type: "phase", name: "extract", total: dataset.train.count + dataset.validation.count });
  // Before features are read, which fills the memory with files that the system may drop again.
  const together = chosenTogether(work, images, services);
  // From the first batch on, the extractor process is busy, and the engine's files are in the system's file cache.
  const onBatch = () => void setUp.steps();
  const width = prepared.network?.featureWidth ?? 0;
  const data = await extractPhase({ ...plan, images }, options.max_broken, {
    control,
    journal,
    ledger,
    room,
    width,
    mappedFromBytes: services.memory.mappedFromBytes,
    onBatch,
  });
  if (!data) return stoppedOutcome(control);
  const classFacts = classFactsOf(options, data, dataset.classes.length);
  // This comes first, because other features follow from another processor.
  await keepProcessor(work, services);
  const features = { sha256: await rowsDigest(data), made_on: [...data.madeOn] };
  const known = config.value.features;
  if (known) {
    await keepGoing(work, featureDifferences(known, features, dataset.validation.fileOf(0) === null), services);
  }
  await config.update({
    ...{ class_facts: classFacts, features },
    ...(together === undefined ? {} : { options: { ...config.value.options, shuffle_together: together } }),
  });
  await noteFeatures(config, features, services);
  const sources = { train: featureSource(data.train), validation: featureSource(data.validation) };
  return await trainOn(work, { sources, validation: data.validation, classFacts }, services);
}

/** Trains the whole network on the pixels of the images. */
export async function trainOnPixels(work: Work, services: RunServices): Promise<Outcome> {
  const { options, config, prepared: { dataset }, setUp } = work;
  const { control } = services;
  const { tf } = await setUp.steps();
  if (control.stop) return stoppedOutcome(control);
  const data = await readPixels(tf, dataset, options, services);
  if (!data) return stoppedOutcome(control);
  await keepImages(work, services);
  const classFacts = classFactsOf(options, data, dataset.classes.length);
  await keepProcessor(work, services);
  const pixels = { train: data.train.sha256, validation: data.validation.sha256 };
  if (config.value.pixels) await keepGoing(work, pixelDifferences(config.value.pixels, pixels), services);
  await config.update({ class_facts: classFacts, pixels });
  return await trainOn(work, { sources: data, validation: data.validation, classFacts }, services);
}

interface TrainedOn {
  readonly sources: TrainingData;
  /** Which images the network is judged by, and their classes. */
  readonly validation: Pick<ImagesOf, "images" | "labels">;
  readonly classFacts: ClassFacts;
}

async function trainOn(
  work: Work,
  { sources, validation, classFacts }: TrainedOn,
  services: RunServices,
): Promise<Outcome> {
  const { run, config, prepared: { dataset }, origin, start, setUp, continuity } = work;
  const { journal, ledger, control, room, withheld } = services;
  // Not those that the run began with: how many images are shuffled together may have been chosen meanwhile.
  const { options } = config.value;
  sayNotices([inBlocksNotice(options, sources.train.count)], services);
  const steps = await setUp.steps();
  ledger.enter("train");
  journal.say({ type: "phase", name: "train", total: options.epochs });
  journal.say({ type: "classes", ...classFacts });
  const from = continuity.snapshot();
  if (from && from.step !== services.restored?.checkpoint?.snapshot.step) {
    const text = `Epoch ${from.epoch + 1} begins again, because its batches are different now.`;
    journal.say({ type: "log", level: "info", text });
  }
  const { reason, signal } = await trainPhase({
    run,
    steps,
    data: sources,
    options: trainingOptions(options, classFacts.weights, start),
    store: new CheckpointStore(run.checkpoints, origin, continuity.stored(), keepingOf(options)),
    journal,
    ledger,
    control,
    room,
    samples: new Samples({ images: dataset.validation, set: validation, say: (body) => journal.say(body) }),
    board: boardOf(work, services),
    from,
    withheld,
  });
  if (reason === "nan") return { reason, error: nanAdvice(options.learning_rate, epochsIn(ledger.history) + 1) };
  return { reason, ...(signal ? { signal } : {}) };
}

/** Returns what writes the files for TensorBoard, or null without `--tensorboard`. Each run has a folder of its own. */
function boardOf({ run, config, prepared }: Work, services: RunServices): Board | null {
  const { tensorboard, ...options } = withoutSecrets(config.value.options);
  if (tensorboard === undefined) return null;
  const { dataset, engine } = prepared;
  const resolved = { data: options.data ?? dataset.name, preprocess: prepared.preprocess, engine: engine.kind };
  return new Board({
    folder: join(tensorboard, run.id),
    run: run.path,
    configuration: { run: run.id, ...options, ...resolved },
    classes: dataset.classes,
    notice: (text) => sayStaying([text], services),
  });
}

/** Notes the processor and the threads that train. A resumed run must have the same ones as before. */
async function keepProcessor(work: Work, services: RunServices): Promise<void> {
  const { config, setUp } = work;
  const trainedOn = await setUp.processor();
  const before = config.value.trained_on;
  if (before) await keepGoing(work, processorDifferences(before, trainedOn), services);
  await config.update({ trained_on: trainedOn });
}

/** Returns the error for a loss that is not a number. */
function nanAdvice(learningRate: number, epoch: number): string {
  return `The loss of epoch ${epoch} is not a number. Try --learning-rate ${smallerLearningRate(learningRate)}; ` +
    `this run used ${learningRate}.`;
}

/** Names the features' digest in the command that repeats the run, and warns if they are not the expected ones. */
async function noteFeatures(
  config: KeptConfig,
  features: TrainedFeatures,
  services: Pick<RunServices, "journal" | "ledger">,
): Promise<void> {
  const repeat = repeatCommand(config.value);
  await config.update({ repeat });
  services.ledger.repeat = repeat;
  sayNotices([otherFeaturesNotice(config.value.options.expect_features, features)], services);
}

/** If reading takes less time than this, it is not reported. */
const READING_IS_SAID_AFTER_MS = 1000;

/**
 * Returns a function that reports how many images were read for their digests. Thousands of photos on a slow disk take
 * minutes.
 */
function sayReading({ dataset }: Prepared, journal: Journal): (done: number) => void {
  const sinceMs = performance.now();
  const total = dataset.train.count + dataset.validation.count;
  return (done) => {
    if (performance.now() - sinceMs < READING_IS_SAID_AFTER_MS) return;
    journal.progress({ phase: "prepare", label: "reading the images", done, total, unit: "images" });
  };
}
