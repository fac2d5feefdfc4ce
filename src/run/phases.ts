/** The phases of a run: prepare, extract, train. */
import type { BaseRef, RunOptions } from "../config.ts";
import type { FoundSource } from "../data/open.ts";
import { replaceFileSync } from "../files/atomic.ts";
import { findImages } from "../features/found_images.ts";
import type { ImagesOf } from "../features/rows/feature_set.ts";
import { rowsDigest } from "../features/rows/rows_digest.ts";
import { headForm } from "../head_form.ts";
import type { Weights } from "../model/network_weights.ts";
import { splitNetwork } from "../model/open_part.ts";
import { needsPublishedLayers } from "../model/published_weights.ts";
import { wholeModel } from "../model/whole.ts";
import type { Control } from "../training/control.ts";
import { epochsIn } from "../training/history.ts";
import { featureSource } from "../training/batches.ts";
import { classFactsOf } from "./class_facts.ts";
import { CheckpointStore } from "./checkpoints/checkpoint_store.ts";
import { type HeadOrigin, headOriginOf } from "./checkpoints/head_origin.ts";
import type { RunDirectory } from "./folder/directory.ts";
import { extractPhase } from "./extract_phase.ts";
import { keptStart } from "./from/kept_start.ts";
import { StepsSetUp } from "./steps_set_up.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import { otherFeaturesNotice } from "./other_features.ts";
import { planExtraction } from "./plan.ts";
import { readPixels } from "./pixel_phase.ts";
import { prepare, type Prepared } from "./prepare.ts";
import type { Room } from "./room.ts";
import { repeatCommand, smallerLearningRate } from "./repeat.ts";
import { modelOf, resolvedOf, sayRun, writeSummary } from "./run_event.ts";
import {
  type ClassFacts,
  KeptConfig,
  type RunConfig,
  type TrainedFeatures,
  writeRunConfig,
} from "./folder/run_config.ts";
import { imageDifferences, readRunImages, runImagesOf, runImagesText } from "./folder/run_images.ts";
import { type Difference, pixelDifferences, preparedDifferences, processorDifferences } from "./resume/changes.ts";
import { Continuity } from "./resume/continuity.ts";
import { sameChoices } from "./same_choices.ts";
import type { Restored } from "./resume/restore.ts";
import { Samples } from "./samples.ts";
import type { TrainingData } from "../training/train.ts";
import { trainPhase } from "./train_phase.ts";
import { keepingOf, trainingOptions } from "./training_options.ts";

/** How a run ended, in the form of the `end` event. */
export type Outcome = Parameters<Ledger["end"]>[2];

/** The services that the phases of a run use. */
export interface RunServices {
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly control: Control;
  /** Writes the files of the run. */
  readonly room: Room;
  /** Returns the data that the command has found. Without this function the run looks for the data itself. */
  readonly findData?: (() => Promise<FoundSource>) | undefined;
  /** What a resumed run goes on from; null for a run that begins. */
  readonly restored: Restored | null;
}

/** Runs the phases in order; nothing is extracted unless a base is frozen. Returns early if a stop is requested. */
export async function runPhases(
  run: RunDirectory,
  config: RunConfig,
  services: RunServices,
): Promise<Outcome> {
  const { journal, ledger, control, room, findData, restored } = services;
  const { options } = config;
  journal.say({ type: "phase", name: "prepare", total: 0 });
  if (control.stop) return stoppedOutcome(control);
  const prepared = await untilStopped(
    prepare(
      restored ? sameChoices(restored) : options,
      (progress) => journal.progress({ phase: "prepare", ...progress }),
      control.stopped,
      findData,
    ),
    control,
  );
  if (!prepared) return stoppedOutcome(control);
  const continuity = new Continuity(run.id, restored);
  const resolved = resolvedOf(prepared);
  if (restored?.before.resolved) continuity.check(preparedDifferences(restored.before.resolved, resolved));
  const kept = new KeptConfig(run.config, config, (bytes, write) => room.write(bytes, write));
  const notices = [...new Set([...prepared.notices, ...config.notices, ...continuity.notices])];
  await kept.update({ resolved, notices, ...continuity.noted });
  await kept.update({ repeat: repeatCommand(kept.value) });
  ledger.notices = notices;
  ledger.repeat = kept.value.repeat;
  const published = prepared.base !== null && await needsPublishedLayers(prepared.base, prepared.weights.path);
  const model = modelOf(options, prepared, published);
  await room.write(() => 0, () => writeSummary(run, model));
  sayRun(run, kept.value, prepared, model, journal);

  for (const text of prepared.dataset.remarks) journal.say({ type: "log", level: "info", text });
  const { open } = splitNetwork(wholeModel(model));
  const origin = headOriginOf(run.id, options, { ...prepared, classes: prepared.dataset.classes });
  // A run with a checkpoint of its own no longer needs the weights that it started with.
  const start = restored?.checkpoint ? null : keptStart(run, config, { origin, layers: open, head: headForm(options) });
  await room.settle();
  const setUp = new StepsSetUp(prepared, options, open);
  const work = { run, options, config: kept, prepared, origin, start, setUp, continuity };
  try {
    // What is computed once follows from what is frozen: the features of a frozen base, or nothing.
    return prepared.base !== null
      ? await trainOnFeatures(work, prepared.base, services)
      : await trainOnPixels(work, services);
  } finally {
    setUp.dispose();
  }
}

/** A run that is prepared. */
interface Work {
  readonly run: RunDirectory;
  readonly options: RunOptions;
  readonly config: KeptConfig;
  readonly prepared: Prepared;
  readonly origin: HeadOrigin;
  /** The weights of another run to start with; null for those from the seed, or from a checkpoint of this run. */
  readonly start: Weights<Float32Array> | null;
  readonly setUp: StepsSetUp;
  readonly continuity: Continuity;
}

/** Computes the features of all images, or finds them in the cache, and trains the head on them. */
async function trainOnFeatures(work: Work, base: BaseRef, services: RunServices): Promise<Outcome> {
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
  // From the first batch on, the extractor process is busy, and the engine's files are in the system's file cache.
  const onBatch = () => void setUp.steps();
  const width = prepared.network?.featureWidth ?? 0;
  const data = await extractPhase({ ...plan, images }, options.max_broken, {
    control,
    journal,
    ledger,
    room,
    width,
    onBatch,
  });
  if (!data) return stoppedOutcome(control);
  const classFacts = classFactsOf(options, data, dataset.classes.length);
  const features = { sha256: rowsDigest(data), made_on: [...data.madeOn] };
  const known = config.value.features?.sha256;
  if (known !== undefined && known !== features.sha256) {
    await keepGoing(work, [{ name: "features", from: known, to: features.sha256 }], services);
  }
  await config.update({ class_facts: classFacts, features });
  await noteFeatures(config, features, services);
  const sources = { train: featureSource(data.train), validation: featureSource(data.validation) };
  return await trainOn(work, { sources, validation: data.validation, classFacts }, services);
}

/** Trains the whole network on the pixels of the images. */
async function trainOnPixels(work: Work, services: RunServices): Promise<Outcome> {
  const { options, config, prepared: { dataset }, setUp } = work;
  const { control } = services;
  const { tf } = await setUp.steps();
  if (control.stop) return stoppedOutcome(control);
  const data = await readPixels(tf, dataset, options, services);
  if (!data) return stoppedOutcome(control);
  await keepImages(work, services);
  const classFacts = classFactsOf(options, data, dataset.classes.length);
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
  const { run, options, config, prepared: { dataset }, origin, start, setUp, continuity } = work;
  const { journal, ledger, control, room } = services;
  const steps = await setUp.steps();
  const trainedOn = await setUp.processor();
  if (config.value.trained_on) {
    await keepGoing(work, processorDifferences(config.value.trained_on, trainedOn), services);
  }
  await config.update({ trained_on: trainedOn });
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
    from,
  });
  if (reason === "nan") return { reason, error: nanAdvice(options.learning_rate, epochsIn(ledger.history) + 1) };
  return { reason, ...(signal ? { signal } : {}) };
}

/** Returns the error for a loss that is not a number. */
function nanAdvice(learningRate: number, epoch: number): string {
  return `The loss of epoch ${epoch} is not a number. Try --learning-rate ${smallerLearningRate(learningRate)}; ` +
    `this run used ${learningRate}.`;
}

/** Writes pictures.json. A resumed run must have the same images as before. */
async function keepImages(work: Work, services: RunServices): Promise<void> {
  const { run, prepared: { dataset } } = work;
  const images = runImagesOf(dataset);
  if (images === null) return;
  const before = services.restored && readRunImages(run.images);
  if (before) await keepGoing(work, imageDifferences(before, images), services);
  const text = runImagesText(images);
  await services.room.write(() => text.length, () => replaceFileSync(run.images, text));
}

/** Lets a resumed run go on with differences that are allowed. @throws HeadlightError (2) for others */
async function keepGoing(work: Work, differences: readonly Difference[], services: RunServices): Promise<void> {
  const { config, continuity } = work;
  const { journal, ledger, room, restored } = services;
  let notices: string[];
  try {
    notices = continuity.check(differences);
  } catch (error) {
    // Otherwise the next resume would begin with what was refused.
    if (restored) await room.write(() => 0, () => writeRunConfig(work.run.config, restored.before));
    throw error;
  }
  if (differences.length === 0) return;
  await config.update({ ...continuity.noted, notices: [...config.value.notices, ...notices] });
  ledger.notices = [...ledger.notices, ...notices];
  for (const text of notices) journal.say({ type: "log", level: "warn", text });
}

/** Names the features' digest in the command that repeats the run, and warns if they are not the expected ones. */
async function noteFeatures(
  config: KeptConfig,
  features: TrainedFeatures,
  { journal, ledger }: Pick<RunServices, "journal" | "ledger">,
): Promise<void> {
  const repeat = repeatCommand(config.value);
  await config.update({ repeat });
  ledger.repeat = repeat;
  const notice = otherFeaturesNotice(config.value.options.expect_features, features);
  if (notice === null) return;
  journal.say({ type: "log", level: "warn", text: notice });
  ledger.notices = [...ledger.notices, notice];
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

/**
 * Returns the result of the work, or null as soon as a stop is requested. Errors that the work throws after a stop are
 * ignored.
 */
async function untilStopped<T>(work: Promise<T>, control: Control): Promise<T | null> {
  const stopped = new Promise<null>((resolve) => {
    if (control.stopped.aborted) resolve(null);
    control.stopped.addEventListener("abort", () => resolve(null), { once: true });
  });
  work.catch(() => {});
  return await Promise.race([work, stopped]);
}

/** Returns how a run ended that was requested to stop. */
export function stoppedOutcome({ stop }: Control): Outcome {
  return stop?.signal ? { reason: "interrupted", signal: stop.signal } : { reason: "stopped" };
}
