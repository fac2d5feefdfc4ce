/**
 * Sets an engine up for a command that computes, so that a signal ends the command at once and leaves nothing behind.
 */
import type { EngineRequest } from "../config.ts";
import { loadUsedEngine, provisionUsedEngine, type UsedEngine } from "../results/use_engine.ts";
import { setUp } from "./set_up.ts";
import type { StatusLine } from "./status_line.ts";

/**
 * Returns an engine of the kind with which a run was trained, or the first that is available. It is set up again if it
 * is no longer installed.
 *
 * While the engine is set up, a signal first ends the processes that were started, and removes what is incomplete.
 * After that this process listens for no signal, because it would not hear one during a native call: the system ends
 * it, and the extractor ends with it.
 *
 * @throws StoppedError if a signal came while the engine was set up
 */
export async function useEngine(kind: EngineRequest, status: StatusLine): Promise<UsedEngine> {
  return await loadUsedEngine(
    await setUp(status, ({ onProgress, signal }) => provisionUsedEngine(kind, onProgress, signal)),
  );
}
