/** The engines for tests: the real ones. */
import type { Engine } from "../src/engine/engine.ts";
import { loadEngine } from "../src/engine/load.ts";

/** TensorFlow, provisioned once per machine. */
export function tensorflowEngine(): Promise<Engine> {
  return loadEngine({ kind: "tensorflow", version: "2.21.0", addon: "/tmp/engine/tfjs_binding.node" });
}

export function wasmEngine(): Promise<Engine> {
  return loadEngine({ kind: "wasm", version: "4.22.0" });
}
