/** The engines for tests: the real ones, set up once per machine in its own cache. */
import type { Engine, SetupProgress } from "../src/engine/engine.ts";
import { loadEngine } from "../src/engine/engines/load.ts";
import { provisionEngine } from "../src/engine/engines/provision.ts";
import { cacheRoot } from "../src/paths.ts";

/** Returns TensorFlow. The first test on a fresh machine waits until it is downloaded and built. */
export async function tensorflowEngine(): Promise<Engine> {
  const { files } = await provisionEngine("tensorflow", { cacheRoot: cacheRoot(), onProgress: showStep() });
  return loadEngine(files);
}

export async function wasmEngine(): Promise<Engine> {
  const { files } = await provisionEngine("wasm", { cacheRoot: cacheRoot(), onProgress: showStep() });
  return loadEngine(files);
}

/** Prints one line per step. A set-up takes a minute or more and must not look like a test that hangs. */
function showStep(): (progress: SetupProgress) => void {
  let shown = "";
  return ({ label }) => {
    if (label !== shown) console.error(`engine: ${label}`);
    shown = label;
  };
}
