/** Checks that are made before a run starts and before anything is written. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { hasFrozenBase, isBaseFile, type RunOptions, WEIGHTS_NAMES, weightsFile } from "../config.ts";
import { defaultPreprocess, type FoundSource, openDataSource, resolveDataOption } from "../data/open.ts";
import type { Dataset } from "../data/dataset/dataset.ts";
import { checkImageSize } from "../data/dataset/pad_geometry.ts";
import { checkPixelScale } from "../data/dataset/pixel_scale.ts";
import { checkConvolutionTraining } from "../engine/engines/convolution_training.ts";
import { checkNamedFolder } from "../engine/engines/named_folder.ts";
import { checkGpuOptions } from "../engine/engines/gpu_options.ts";
import { checkPrecision } from "../engine/engines/precision.ts";
import { readCpuinfo } from "../engine/processor.ts";
import { HeadlightError } from "../errors.ts";
import { findOutAboutLocks, tryLocks } from "../files/lock_ability.ts";
import { nearestBeside } from "../files/near_file.ts";
import { systemReason } from "../files/system_error.ts";
import { nearestExisting, refuseFileInPlaceOf, tryWriting } from "../files/writable.ts";
import { type BaseNetwork, baseNetwork, baseRefOf } from "../model/base_network.ts";
import { checkWeightsInTime } from "../model/check_weights.ts";
import { nearest, suggestion } from "../near.ts";
import { cacheRoot } from "../paths.ts";
import { checkSpace, type DataSize } from "./space.ts";
import { choosePreprocess } from "./choose_preprocess.ts";

/**
 * Makes the checks of `checkInputs`, and checks whether runs can be locked and there is room for the run. Returns the
 * data that was found, for the trainer, or null if it has to be downloaded.
 *
 * @param before what was found for another run: used again if both have the same data, so that a folder is listed once
 * @param written how many bytes a run that goes on has written already
 * @throws HeadlightError (2): one line that says what is wrong, where, and what to do
 */
export async function preflight(
  options: RunOptions,
  before?: CheckedData,
  written = 0,
): Promise<FoundSource | null> {
  refuseFileInPlaceOf(options.runs, `--runs ${options.runs}`);
  const { found, network, size } = await checkInputs(options, before);
  await checkRuns(options.runs);
  checkTensorboard(options);
  checkSpace(options, network, { ...size, written });
  return found;
}

/** What the checks have found. */
export interface CheckedInputs {
  /** The data; null if it has to be downloaded. */
  readonly found: FoundSource | null;
  readonly size: DataSize;
  /** The frozen base; null for a network that is trained from scratch. */
  readonly network: BaseNetwork | null;
}

/**
 * Checks the TensorFlow folder, the data and the weights that were named, and whether the cache can be written.
 *
 * @param before as for `preflight`
 * @throws HeadlightError (2): one line that says what is wrong, where, and what to do
 */
export async function checkInputs(options: RunOptions, before?: CheckedData): Promise<CheckedInputs> {
  checkPrecision(options.precision, options.engine, readCpuinfo());
  checkGpuOptions(options, options.engine);
  if (!hasFrozenBase(options)) checkConvolutionTraining(options.base, options.engine);
  await checkNamedFolder(options.engine, options);
  const file = weightsFile(options);
  const network = hasFrozenBase(options) ? await checkBase(file, options) : null;
  const data = before && hasSameData(before.options, options)
    ? { found: before.found, size: await sizeOfData(options, before.found) }
    : await checkData(options, network);
  if (network) {
    await checkCache(file === null && !isBaseFile(options.base) ? ["features", "weights"] : ["features"]);
  }
  return { ...data, network };
}

/** The data that was found for a run, and the options of that run. */
export interface CheckedData {
  readonly options: RunOptions;
  readonly found: FoundSource | null;
}

/** The options that decide which data are found, and whether they can be used. */
const DATA_OPTIONS = ["data", "validation_split", "seed", "resize", "size", "preprocess"] as const;

function hasSameData(one: RunOptions, other: RunOptions): boolean {
  return DATA_OPTIONS.every((name) => one[name] === other[name]);
}

/** Returns the base's network, whose file is read here without a time limit: the check has read it with one. */
async function checkBase(file: string | null, options: RunOptions): Promise<BaseNetwork> {
  if (file !== null && !existsSync(file)) {
    const near = nearest(basename(file), WEIGHTS_NAMES) ?? nearestBeside(file);
    throw new HeadlightError(
      `--weights ${file}: no such file${
        suggestion(near) || ". Name a .h5, .weights.h5 or .keras file, imagenet or random."
      }`,
    );
  }
  if (!isBaseFile(options.base)) {
    if (file !== null) await checkWeightsInTime(file, options);
    return await baseNetwork(await baseRefOf(options));
  }
  if (!existsSync(options.base)) {
    throw new HeadlightError(
      `--base ${options.base}: no such file${
        suggestion(nearestBeside(options.base)) || ". Name a .keras or .h5 file, or a base of deno task bases."
      }`,
    );
  }
  await checkWeightsInTime(file ?? (options.weights === "random" ? null : options.base), options);
  const network = await baseNetwork(await baseRefOf(options));
  choosePreprocess(options.preprocess, "scale", network);
  return network;
}

/** The size of Dollar Street 10, and of the demo set that replaces it if it cannot be downloaded. */
const LESSON_SIZE: DataSize = { images: 878 + 293, classes: 10 };

async function sizeOfData({ size }: RunOptions, found: FoundSource | null): Promise<DataSize> {
  if (found === null || found.source.kind === "demo") return LESSON_SIZE;
  const dataset = await openDataSource(found.source, size, found.listing);
  try {
    return sizeOf(dataset);
  } finally {
    dataset.close();
  }
}

function sizeOf({ train, validation, classes }: Dataset): DataSize {
  return { images: train.count + validation.count, classes: classes.length };
}

async function checkData(
  options: RunOptions,
  network: BaseNetwork | null,
): Promise<{ found: FoundSource | null; size: DataSize }> {
  const data = resolveDataOption(options);
  if (data.kind !== "ready") return { found: null, size: LESSON_SIZE };
  const { kind: _, ...found } = data;
  if (data.source.kind === "demo") return { found, size: LESSON_SIZE };
  const dataset = await openDataSource(data.source, options.size, data.listing);
  try {
    checkImageSize(dataset, options.size);
    const usual = defaultPreprocess(data.source, options.base);
    await checkPixelScale(dataset, network ? choosePreprocess(options.preprocess, usual, network) : usual);
    return { found, size: sizeOf(dataset) };
  } finally {
    dataset.close();
  }
}

/**
 * Checks that the parts of the cache can be written, and finds out whether they can be locked, without which processes
 * may do the same work twice. An installed engine is only read, and setting one up reports its own errors.
 */
async function checkCache(parts: readonly string[]): Promise<void> {
  const root = cacheRoot();
  for (const part of parts) {
    const folder = join(root, part);
    try {
      tryWriting(folder);
    } catch (error) {
      const where = nearestExisting(folder) === folder ? folder : root;
      const why = systemReason(error);
      throw new HeadlightError(
        `The cache folder ${where} cannot be written (${why}). ` +
          "Make it writable, or set XDG_CACHE_HOME to another folder.",
        2,
        { cause: error },
      );
    }
  }
  await findOutAboutLocks(root);
}

/** Checks that the folder for TensorBoard can be written. Later on, nothing that happens to it ends the run. */
function checkTensorboard({ tensorboard }: RunOptions): void {
  if (tensorboard === undefined) return;
  refuseFileInPlaceOf(tensorboard, `--tensorboard ${tensorboard}`);
  try {
    tryWriting(tensorboard);
  } catch (error) {
    const why = systemReason(error);
    throw new HeadlightError(
      `--tensorboard ${tensorboard}: the folder cannot be written (${why}). Make it writable, or name another one.`,
      2,
      { cause: error },
    );
  }
}

/**
 * Checks that runs can be locked. A trainer owns its run by a lock; without locks, two trainers could train the same
 * run.
 */
async function checkRuns(runs: string): Promise<void> {
  const lack = await tryLocks(runs);
  if (lack === null) return;
  throw new HeadlightError(
    `Files in the folder of runs ${runs} cannot be locked (${lack}). Name with --runs a folder on a local disk.`,
  );
}
