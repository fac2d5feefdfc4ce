/** Finds the engine of a run: the named one, or the one that `auto` takes. */
import type { BaseRef, EngineKind, RunOptions } from "../config.ts";
import type { EngineFiles, OnSetupProgress, Provisioned } from "../engine/engine.ts";
import { requireConvolutionTraining } from "../engine/engines/convolution_training.ts";
import { engines, USUAL_ENGINE } from "../engine/engines/list.ts";
import { requirePrecision } from "../engine/engines/precision.ts";
import { provisionEngine } from "../engine/engines/provision.ts";
import { worthwhileEngines } from "../engine/engines/worthwhile.ts";
import type { OwnBase } from "../features/measure_engine.ts";
import { fastestHere } from "../features/speeds/fastest.ts";
import type { Ranking } from "../features/speeds/ranking.ts";
import { subjectOf } from "../features/speeds/speed_store.ts";
import type { BaseNetwork } from "../model/base_network.ts";
import { compareEngines } from "./compare_engines.ts";
import { type DataSize, workloadOf } from "./workload.ts";

/** What an engine is found for, and where. */
export interface EngineRequestOfRun {
  readonly options: RunOptions;
  /** Null for a network that is trained from scratch. */
  readonly base: BaseRef | null;
  readonly cacheRoot: string;
  readonly onProgress: OnSetupProgress;
  readonly signal: AbortSignal;
}

/** An engine that is set up. */
export interface FoundEngine extends Provisioned {
  /** What the measured speeds say; null if an engine was named, or if no base is frozen. */
  readonly ranking: Ranking | null;
}

/**
 * Sets up the named engine, or the one that `auto` takes by what was measured.
 *
 * @throws HeadlightError (1) if no allowed engine can be set up; UnusableOptionsError if it cannot do what the run
 * needs
 */
export async function findEngine(request: EngineRequestOfRun): Promise<FoundEngine> {
  const ranking = await rank(request);
  return { ...await provision(request, ranking?.kind ?? null), ranking };
}

/** The share of the images whose features must be in the cache, so that computing the others there is the fastest. */
const MOST = 0.9;

/** What a faster engine is looked for with. */
export interface FasterRequest extends EngineRequestOfRun {
  readonly network: Pick<BaseNetwork, "layers">;
  readonly dataset: DataSize;
  /** The run's base with its weights. */
  readonly own: OwnBase;
  /** Returns how many images have features of the run's base in the cache that this engine computed. */
  readonly cachedImages: (engine: EngineFiles) => number;
}

/**
 * Returns the engine with which the run has its features first. That is the usual one if most of them are in the cache,
 * because another engine would compute all of them again. If the data are so large that it matters and nothing could be
 * compared yet, this measures two engines.
 */
export async function fasterEngine(found: FoundEngine, request: FasterRequest): Promise<FoundEngine> {
  const { options, network, dataset, own, cachedImages, cacheRoot, onProgress, signal } = request;
  const { files, notices, ranking } = found;
  if (ranking === null || engines[files.kind].capabilities.nvidia) return found;
  const isCached = (engine: EngineFiles) =>
    cachedImages(engine) >= MOST * (dataset.train.count + dataset.validation.count);
  // Counting a million images takes a second, so it comes last.
  if (files.trainer?.kind === USUAL_ENGINE && isCached(files.trainer) && !isCached(files)) {
    return { ...await provision(request, USUAL_ENGINE), ranking: CACHED };
  }
  const isOpen = ranking.figures === null && files.kind === USUAL_ENGINE && options.tensorflow === undefined;
  if (!isOpen) return found;
  const workload = workloadOf(network, dataset, options);
  if (worthwhileEngines(workload).length === 0 || isCached(files)) return found;
  const compared = await compareEngines({ engine: files, workload, own, cacheRoot, onProgress, signal });
  if (!compared.isComplete) return { ...found, notices: [...notices, ...compared.notices] };
  const now = await rank(request);
  if (now === null || now.kind === null || now.kind === files.kind) return { ...found, ranking: now };
  return { ...await provision(request, now.kind), ranking: now };
}

const CACHED: Ranking = {
  kind: USUAL_ENGINE,
  why: "the one that computed the features in the cache",
  figures: null,
};

async function rank({ options, base, cacheRoot }: EngineRequestOfRun): Promise<Ranking | null> {
  if (options.engine !== "auto" || base === null) return null;
  const { precision, size } = options;
  return await fastestHere({ cacheRoot, precision, subject: subjectOf({ base, size }) });
}

async function provision(
  { options, base, cacheRoot, onProgress, signal }: EngineRequestOfRun,
  first: EngineKind | null,
): Promise<Provisioned> {
  const { engine, gpu, tf32, precision, tensorflow } = options;
  const found = await provisionEngine(engine, {
    ...{ first: first ?? undefined, gpu, tf32, cacheRoot, onProgress, signal },
    suits: ({ precisions, trainsConvolutions }) =>
      precisions.includes(precision) && (base !== null || trainsConvolutions),
    ...(tensorflow === undefined ? {} : { tensorflow }),
  });
  signal.throwIfAborted();
  requirePrecision(precision, found.files, found.notices);
  if (base === null) requireConvolutionTraining(options.base, found.files, found.notices);
  return found;
}
