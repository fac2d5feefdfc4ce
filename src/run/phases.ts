/** The phases of a run: prepare, extract, train. */
import { displayName } from "../bases/networks.ts";
import { type BaseRef, networkNameSchema, type RunOptions } from "../config.ts";
import type { BaseNetwork } from "../model/base_network.ts";
import type { FoundSource } from "../data/open.ts";
import { findImages } from "../features/found_images.ts";
import type { ImagesOf } from "../features/rows/feature_set.ts";
import { rowsDigest } from "../features/rows/rows_digest.ts";
import { publishedFile } from "../bases/base.ts";
import { bases } from "../bases/bases.ts";
import { describe } from "../model/layers.ts";
import { splitNetwork } from "../model/open_part.ts";
import { modelParameters } from "../model/parameters.ts";
import { needsPublishedLayers } from "../model/published_weights.ts";
import { renderSummary } from "../model/summary.ts";
import { type ModelOptions, wholeModel } from "../model/whole.ts";
import type { Control } from "../training/control.ts";
import { epochsIn } from "../training/history.ts";
import { featureSource } from "../training/batches.ts";
import { classFactsOf, perClassOf } from "./class_facts.ts";
import { CheckpointStore } from "./checkpoints/checkpoint_store.ts";
import { headOriginOf } from "./checkpoints/head_origin.ts";
import type { RunDirectory } from "./folder/directory.ts";
import { extractPhase } from "./extract_phase.ts";
import { StepsSetUp } from "./steps_set_up.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import { otherFeaturesNotice } from "./other_features.ts";
import { planExtraction } from "./plan.ts";
import { readPixels } from "./pixel_phase.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { repeatCommand, smallerLearningRate } from "./repeat.ts";
import { type ClassFacts, type RunConfig, type TrainedFeatures, writeRunConfig } from "./folder/run_config.ts";
import { writeRunImages } from "./folder/run_images.ts";
import { Samples } from "./samples.ts";
import type { TrainingData } from "../training/train.ts";
import { trainingOptions, trainPhase } from "./train_phase.ts";

/** How a run ended, in the form of the `end` event. */
export type Outcome = Parameters<Ledger["end"]>[2];

/** The services that the phases of a run use. */
export interface RunServices {
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly control: Control;
  /** Returns the data that the command has found. Without this function the run looks for the data itself. */
  readonly findData?: (() => Promise<FoundSource>) | undefined;
}

/** Runs the phases in order; nothing is extracted unless a base is frozen. Returns early if a stop is requested. */
export async function runPhases(
  run: RunDirectory,
  config: RunConfig,
  { journal, ledger, control, findData }: RunServices,
): Promise<Outcome> {
  const { options } = config;
  journal.say({ type: "phase", name: "prepare", total: 0 });
  if (control.stop) return stoppedOutcome(control);
  const prepared = await untilStopped(
    prepare(
      options,
      (progress) => journal.progress({ phase: "prepare", ...progress }),
      control.stopped,
      findData,
    ),
    control,
  );
  if (!prepared) return stoppedOutcome(control);
  const resolved = resolve(config, prepared);
  ledger.notices = prepared.notices;
  ledger.repeat = resolved.repeat;
  writeRunConfig(run.config, resolved);
  const published = prepared.base !== null && await needsPublishedLayers(prepared.base, prepared.weights.path);
  const model = modelOf(options, prepared, published);
  sayRun(run, resolved, prepared, model, journal);

  for (const text of prepared.dataset.remarks) journal.say({ type: "log", level: "info", text });
  const { open } = splitNetwork(wholeModel(model));
  const setUp = new StepsSetUp(prepared, options, open);
  const work = { run, config: resolved, prepared, setUp };
  try {
    // What is computed once follows from what is frozen: the features of a frozen base, or nothing.
    return prepared.base !== null
      ? await trainOnFeatures(work, prepared.base, { journal, ledger, control })
      : await trainOnPixels(work, { journal, ledger, control });
  } finally {
    setUp.dispose();
  }
}

/** A run that is prepared. */
interface Work {
  readonly run: RunDirectory;
  readonly config: RunConfig;
  readonly prepared: Prepared;
  readonly setUp: StepsSetUp;
}

/** Computes the features of all images, or finds them in the cache, and trains the head on them. */
async function trainOnFeatures(
  work: Work,
  base: BaseRef,
  { journal, ledger, control }: RunServices,
): Promise<Outcome> {
  const { run, config, prepared, setUp } = work;
  const { dataset } = prepared;
  const plan = planExtraction({ ...prepared, base }, config.options);
  const images = await findImages(plan, { signal: control.stopped, onProgress: sayReading(prepared, journal) });
  if (!images) return stoppedOutcome(control);
  writeRunImages(run.images, dataset);
  // There is nothing to extract, so there is no other process at whose side the steps could be set up later.
  if (images.rows.missing().length === 0) await setUp.steps();
  if (control.stop) return stoppedOutcome(control);
  ledger.enter("extract");
  journal.say({ type: "phase", name: "extract", total: dataset.train.count + dataset.validation.count });
  // From the first batch on, the extractor process is busy, and the engine's files are in the system's file cache.
  const onBatch = () => void setUp.steps();
  const data = await extractPhase({ ...plan, images }, config.options.max_broken, {
    control,
    journal,
    ledger,
    onBatch,
  });
  if (!data) return stoppedOutcome(control);
  const classFacts = classFactsOf(config.options, data, dataset.classes.length);
  const features = { sha256: rowsDigest(data), made_on: [...data.madeOn] };
  noteFeatures({ run, config: { ...config, class_facts: classFacts } }, features, { journal, ledger });
  const sources = { train: featureSource(data.train), validation: featureSource(data.validation) };
  return await trainOn(work, { sources, validation: data.validation, classFacts }, { journal, ledger, control });
}

/** Trains the whole network on the pixels of the images. */
async function trainOnPixels(work: Work, { journal, ledger, control }: RunServices): Promise<Outcome> {
  const { run, config, prepared: { dataset }, setUp } = work;
  const { tf } = await setUp.steps();
  if (control.stop) return stoppedOutcome(control);
  const data = await readPixels(tf, dataset, config.options, { control, journal, ledger });
  if (!data) return stoppedOutcome(control);
  writeRunImages(run.images, dataset);
  const classFacts = classFactsOf(config.options, data, dataset.classes.length);
  writeRunConfig(run.config, { ...config, class_facts: classFacts });
  return await trainOn(work, { sources: data, validation: data.validation, classFacts }, { journal, ledger, control });
}

interface TrainedOn {
  readonly sources: TrainingData;
  /** Which images the network is judged by, and their classes. */
  readonly validation: Pick<ImagesOf, "images" | "labels">;
  readonly classFacts: ClassFacts;
}

async function trainOn(
  { run, config: { options }, prepared, setUp }: Work,
  { sources, validation, classFacts }: TrainedOn,
  { journal, ledger, control }: RunServices,
): Promise<Outcome> {
  const { dataset } = prepared;
  const steps = await setUp.steps();
  ledger.enter("train");
  journal.say({ type: "phase", name: "train", total: options.epochs });
  journal.say({ type: "classes", ...classFacts });
  const origin = headOriginOf(run.id, options, { ...prepared, classes: dataset.classes });
  const { reason, signal } = await trainPhase({
    run,
    steps,
    data: sources,
    options: trainingOptions(options, classFacts.weights),
    store: new CheckpointStore(run.checkpoints, origin),
    journal,
    ledger,
    control,
    samples: new Samples({ images: dataset.validation, set: validation, say: (body) => journal.say(body) }),
  });
  if (reason === "nan") return { reason, error: nanAdvice(options.learning_rate, epochsIn(ledger.history) + 1) };
  return { reason, ...(signal ? { signal } : {}) };
}

/** Returns the error for a loss that is not a number. */
function nanAdvice(learningRate: number, epoch: number): string {
  return `The loss of epoch ${epoch} is not a number. Try --learning-rate ${smallerLearningRate(learningRate)}; ` +
    `this run used ${learningRate}.`;
}

/** Writes the digest of the features to config.json, and warns if they are not the expected ones. */
function noteFeatures(
  { run, config }: Pick<Work, "run" | "config">,
  features: TrainedFeatures,
  { journal, ledger }: Pick<RunServices, "journal" | "ledger">,
): void {
  const repeat = repeatCommand({ ...config, features });
  writeRunConfig(run.config, { ...config, features, repeat });
  ledger.repeat = repeat;
  const notice = otherFeaturesNotice(config.options.expect_features, features);
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

function resolve(config: RunConfig, prepared: Prepared): RunConfig {
  const { source, dataset, base, weights, preprocess, engine, notices } = prepared;
  const resolved: RunConfig["resolved"] = {
    data: source,
    data_name: dataset.name,
    classes: [...dataset.classes],
    train: dataset.train.count,
    validation: dataset.validation.count,
    per_class: perClassOf(dataset),
    ...(base === null || typeof base === "string" ? {} : { base_file: base }),
    weights,
    preprocess,
    engine,
  };
  return { ...config, notices: [...notices], resolved, repeat: repeatCommand({ ...config, resolved }) };
}

function modelOf(options: RunOptions, { dataset, network }: Prepared, published: boolean): ModelOptions {
  return {
    ...options,
    published,
    base: network ?? networkNameSchema.parse(options.base),
    classes: dataset.classes.length,
    // Image files are resized when they are read.
    inputHeight: dataset.height ?? options.size,
    inputWidth: dataset.width ?? options.size,
  };
}

function sayRun(
  run: RunDirectory,
  config: RunConfig,
  prepared: Prepared,
  model: ModelOptions,
  journal: Journal,
): void {
  const { options } = config;
  const { dataset, network, weights, preprocess, engine, notices } = prepared;
  Deno.writeTextFileSync(run.summary, renderSummary(describe(wholeModel(model))) + "\n");
  journal.say({
    type: "run",
    id: run.id,
    directory: run.path,
    name: options.name ?? null,
    config: { ...config },
    dataset: {
      name: dataset.name,
      train: dataset.train.count,
      validation: dataset.validation.count,
      height: dataset.height,
      width: dataset.width,
      classes: [...dataset.classes],
      per_class: perClassOf(dataset),
    },
    model: {
      base: network?.displayName ?? displayName(networkNameSchema.parse(options.base)),
      weights: weights.kind,
      preprocess,
      size: options.size,
      pooling: options.pooling,
      precision: options.precision,
      ...(network ? baseFacts(prepared, network, options.size) : {}),
    },
    parameters: modelParameters(model),
    engine: { kind: engine.kind, version: engine.version, device: engine.device },
    epochs: options.epochs,
    notices: [...notices],
  });
}

/** What is to be said of a frozen base beside its name. */
function baseFacts({ base, weights }: Prepared, { madeFor, preprocessing }: BaseNetwork, size: number) {
  const published = weights.kind === "published" && typeof base === "string"
    ? publishedFile(bases[base], size).size
    : size;
  const weightsSize = weights.kind === "own" ? madeFor ?? size : published;
  return {
    ...(weightsSize === size ? {} : { weights_size: weightsSize }),
    ...(preprocessing === "inside" ? { preprocesses_inside: true } : {}),
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

function stoppedOutcome({ stop }: Control): Outcome {
  return stop?.signal ? { reason: "interrupted", signal: stop.signal } : { reason: "stopped" };
}
