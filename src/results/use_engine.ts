/** Sets up an engine in this process, for commands that compute briefly and exit. */
import type { EngineRequest } from "../config.ts";
import type { Engine, EngineFiles, SetupProgress } from "../engine/engine.ts";
import { loadEngine } from "../engine/engines/load.ts";
import { withoutNativeStderr } from "../engine/native_stderr.ts";
import { provisionEngine } from "../engine/engines/provision.ts";
import { cacheRoot } from "../paths.ts";

export interface UsedEngine {
  readonly engine: Engine;
  readonly files: EngineFiles;
}

/**
 * Sets up an engine of the kind with which a run was trained, or the first that is available, which may take a minute if
 * it is no longer installed.
 * @throws the signal's reason when aborted
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

/** Loads an engine that was set up into this process. */
export async function loadUsedEngine(files: EngineFiles): Promise<UsedEngine> {
  const engine = await withoutNativeStderr(async () => {
    const engine = await loadEngine(files);
    // The first kernel prints further messages.
    engine.tf.tidy(() => engine.tf.matMul(engine.tf.ones([2, 2]), engine.tf.ones([2, 2])).dataSync());
    return engine;
  });
  return { engine, files };
}
