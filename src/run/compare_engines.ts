/** Measures two engines before a large computation, if one of them may save much time and they were never compared. */
import type { EngineKind } from "../config.ts";
import type { EngineFiles, OnSetupProgress } from "../engine/engine.ts";
import { engines } from "../engine/engines/list.ts";
import { provisionEngine } from "../engine/engines/provision.ts";
import { type Workload, worthwhileEngines } from "../engine/engines/worthwhile.ts";
import { errorLine, HeadlightError } from "../errors.ts";
import { measureEngine, type OwnBase } from "../features/measure_engine.ts";
import { sentence } from "../sentence.ts";

/** What is compared, and where. */
export interface CompareRequest {
  /** The engine that the run has so far. */
  readonly engine: EngineFiles;
  readonly workload: Workload;
  /** The run's base, with its weights. */
  readonly own: OwnBase;
  readonly cacheRoot: string;
  readonly onProgress: OnSetupProgress;
  readonly signal: AbortSignal;
}

/** What was done. */
export interface Compared {
  /** Whether all engines were measured. */
  readonly isComplete: boolean;
  /** Why an engine was not measured; it stays on the screen. */
  readonly notices: readonly string[];
}

/**
 * Measures the run's engine, and the engine that would save most time on this data, with the run's base, and keeps the
 * speeds. Takes about ten seconds, once per machine and base. Downloads nothing: an engine that is not here is left
 * out.
 *
 * @throws the signal's reason when aborted
 */
export async function compareEngines(request: CompareRequest): Promise<Compared> {
  const { engine, workload, own, cacheRoot, onProgress, signal } = request;
  const { precision } = workload;
  const other = await engineHere(worthwhileEngines(workload).filter((kind) => kind !== engine.kind), cacheRoot);
  if (other === null) return { isComplete: false, notices: [] };
  const kinds = [engine.kind, other];
  for (const [done, kind] of kinds.entries()) {
    const { name } = engines[kind];
    onProgress({ label: `measuring ${name}`, done, total: kinds.length, unit: "steps" });
    try {
      const files = kind === engine.kind
        ? engine
        : (await provisionEngine(kind, { cacheRoot, onProgress, signal })).files;
      await measureEngine({ engine: files, precision, own, cacheRoot, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof HeadlightError)) throw error;
      return { isComplete: false, notices: [`${name} was not measured: ${sentence(errorLine(error))}`] };
    }
  }
  return { isComplete: true, notices: [] };
}

async function engineHere(kinds: readonly EngineKind[], cacheRoot: string): Promise<EngineKind | null> {
  for (const kind of kinds) {
    if ((await engines[kind].inspect({ cacheRoot })).here) return kind;
  }
  return null;
}
