/** An engine in this process, for commands that compute a little and end. */
import type { Engine, EngineFiles, SetupProgress } from "../engine/engine.ts";
import { loadEngine } from "../engine/engines/load.ts";
import { withoutNativeStderr } from "../engine/native_stderr.ts";
import { provisionEngine } from "../engine/engines/provision.ts";
import { cacheRoot } from "../paths.ts";

export interface UsedEngine {
  readonly engine: Engine;
  readonly files: EngineFiles;
}

/** The engine kind that a run was trained with, set up where it is not there any more. */
export async function useEngine(
  kind: EngineFiles["kind"],
  onProgress: (progress: SetupProgress) => void,
): Promise<UsedEngine> {
  const { files } = await provisionEngine(kind, { cacheRoot: cacheRoot(), onProgress });
  const engine = await withoutNativeStderr(async () => {
    const engine = await loadEngine(files);
    // It has more to say at its first kernel.
    engine.tf.tidy(() => engine.tf.matMul(engine.tf.ones([2, 2]), engine.tf.ones([2, 2])).dataSync());
    return engine;
  });
  return { engine, files };
}
