/** The engines for tests: the real ones, set up once per machine in its own cache. */
import { type Engine, forBases, type SetupProgress } from "../src/engine/engine.ts";
import { loadEngine } from "../src/engine/engines/load.ts";
import type { GraphEngine } from "../src/features/base/make_graph.ts";
import { provisionEngine } from "../src/engine/engines/provision.ts";
import { cacheRoot } from "../src/paths.ts";
import { allowingSoftware } from "./allow_software.ts";

/** Returns TensorFlow. The first test on a fresh machine waits until it is downloaded and built. */
export async function tensorflowEngine(): Promise<Engine> {
  const { files } = await provisionEngine("tensorflow", { cacheRoot: cacheRoot(), onProgress: showStep() });
  return loadEngine(files);
}

export async function wasmEngine(): Promise<Engine> {
  const { files } = await provisionEngine("wasm", { cacheRoot: cacheRoot(), onProgress: showStep() });
  return loadEngine(files);
}

/** Returns OpenVINO beside TensorFlow. The first test on a fresh machine waits until both are set up. */
export async function openvinoEngine(): Promise<Engine> {
  const { files } = await provisionEngine("openvino", { cacheRoot: cacheRoot(), onProgress: showStep() });
  return loadEngine(files);
}

/** Returns WebGPU beside TensorFlow. Only for tests that are skipped without an adapter (`webgpuTest`). */
export function webgpuEngine(): Promise<Engine> {
  return allowingSoftware(async () => {
    const { files } = await provisionEngine("webgpu", { cacheRoot: cacheRoot(), onProgress: showStep() });
    return await loadEngine(files);
  });
}

/** Returns an engine that computes bases from their graphs. */
export function graphEngine(engine: Engine): GraphEngine {
  const { kind, tf, baseGraphs } = forBases(engine);
  if (!baseGraphs) throw new Error(`${kind} takes no graphs`);
  return { tf, baseGraphs };
}

/** Prints one line per step. A set-up takes a minute or more and must not look like a test that hangs. */
function showStep(): (progress: SetupProgress) => void {
  let shown = "";
  return ({ label }) => {
    if (label !== shown) console.error(`engine: ${label}`);
    shown = label;
  };
}
