/** Sets an engine up for a command that computes, so that a signal ends the command at once and leaves nothing behind. */
import type { EngineRequest } from "../config.ts";
import type { EngineFiles } from "../engine/engine.ts";
import { loadUsedEngine, provisionUsedEngine, type UsedEngine } from "../results/use_engine.ts";
import type { StatusLine } from "./status_line.ts";
import { stoppable } from "./stoppable.ts";

/**
 * Calls `work` with the engine and returns its exit status.
 *
 * While the engine is set up, a signal first ends the processes that were started, and removes what is incomplete. After
 * that this process listens for no signal, because it would not hear one during a native call: the system ends it, and
 * the extractor ends with it.
 *
 * @returns the exit status of the signal, if one came while the engine was set up
 */
export async function withEngine(
  kind: EngineRequest,
  status: StatusLine,
  work: (used: UsedEngine) => Promise<number>,
): Promise<number> {
  const setUp: EngineFiles[] = [];
  const stopped = await stoppable(async (signal) => {
    setUp.push(await provisionUsedEngine(kind, ({ label }) => status.show(label), signal));
    return 0;
  });
  const [files] = setUp;
  return files === undefined ? stopped : await work(await loadUsedEngine(files));
}
