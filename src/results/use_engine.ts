/** Sets up an engine in this process, for commands that compute briefly and exit. */
import type { EngineRequest } from "../config.ts";
import type { Engine, EngineFiles, SetupProgress } from "../engine/engine.ts";
import { loadEngine } from "../engine/engines/load.ts";
import { withoutNativeStderr } from "../engine/native_stderr.ts";
import { provisionEngine } from "../engine/engines/provision.ts";
import { cacheRoot } from "../paths.ts";

/** An engine that was loaded, and the files that it was loaded from. */
export interface UsedEngine {
  readonly engine: Engine;
  readonly files: EngineFiles;
}

/**
 * Sets up an engine. If it is no longer installed, this may take a minute.
 * @param kind the kind with which a run was trained, or `auto`
 * @throws HeadlightError if it cannot be set up; the signal's reason when aborted
 */
export async function provisionUsedEngine(
  kind: EngineRequest,
  onProgress: (progress: SetupProgress) => void,
  signal: AbortSignal,
): Promise<EngineFiles> {
  const { files } = await provisionEngine(kind, { cacheRoot: cacheRoot(), onProgress, signal });
  signal.throwIfAborted();
  return files;
}

/** Loads an engine that was set up into this process. Suppresses the messages that its libraries print. */
export async function loadUsedEngine(files: EngineFiles): Promise<UsedEngine> {
  const engine = await withoutNativeStderr(async () => {
    const engine = await loadEngine(files);
    // Run a kernel here, because the first one prints further messages.
    engine.tf.tidy(() => engine.tf.matMul(engine.tf.ones([2, 2]), engine.tf.ones([2, 2])).dataSync());
    return engine;
  });
  return { engine, files };
}
