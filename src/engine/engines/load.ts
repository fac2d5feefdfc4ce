/** Loads a provisioned engine into this process. */
import type { Engine, EngineFiles } from "../engine.ts";
import { loadTensorflow } from "../tensorflow/load.ts";
import { loadWasm } from "../wasm/load.ts";

/** Loads the engine that these files are (see `provisionEngine`) into this process and makes it tfjs's backend. */
export function loadEngine(files: EngineFiles): Promise<Engine> {
  return files.kind === "tensorflow" ? loadTensorflow(files) : loadWasm(files);
}
