/** Finds the engine of a run: the named one, or the one that `auto` takes. */
import type { BaseRef, EngineKind, RunOptions } from "../config.ts";
import type { OnSetupProgress, Provisioned } from "../engine/engine.ts";
import { requireConvolutionTraining } from "../engine/engines/convolution_training.ts";
import { USUAL_ENGINE } from "../engine/engines/list.ts";
import { requirePrecision } from "../engine/engines/precision.ts";
import { provisionEngine } from "../engine/engines/provision.ts";
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
 * @throws HeadlightError (1) if no allowed engine can be set up; UnusableOptionsError if it cannot do what the run needs
 */
export async function findEngine(request: EngineRequestOfRun): Promise<FoundEngine> {
  const ranking = await rank(request);
  return { ...await provision(request, ranking?.kind ?? null), ranking };
}

/**
 * Returns the engine that is faster with the run's base. If the data are so large that it matters and nothing could be
 * compared yet, this measures two engines first.
 */
export async function fasterEngine(
  found: FoundEngine,
  request: EngineRequestOfRun & { readonly network: Pick<BaseNetwork, "layers">; readonly dataset: DataSize },
  own: OwnBase,
): Promise<FoundEngine> {
  const { options, network, dataset, cacheRoot, onProgress, signal } = request;
  const { files, notices, ranking } = found;
  const isOpen = ranking?.figures === null && files.kind === USUAL_ENGINE && options.tensorflow === undefined;
  if (!isOpen) return found;
  const workload = workloadOf(network, dataset, options);
  const compared = await compareEngines({ engine: files, workload, own, cacheRoot, onProgress, signal });
  if (!compared.isComplete) return { ...found, notices: [...notices, ...compared.notices] };
  const now = await rank(request);
  if (now === null || now.kind === null || now.kind === files.kind) return { ...found, ranking: now };
  return { ...await provision(request, now.kind), ranking: now };
}

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
