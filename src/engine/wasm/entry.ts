/** The entry of the WebAssembly engine in the list of engines. */
import type { Capabilities, EngineEntry } from "../engine.ts";
import { packageVersion } from "../packages.ts";

const capabilities: Capabilities = {
  graphs: false,
  threads: false,
  trainsConvolutions: false,
  precisions: ["float32"],
  namedFolder: false,
};

/** WebAssembly, which needs no setup. */
export const wasm: EngineEntry = {
  name: "WebAssembly",
  capabilities,
  pace: "about five times slower",
  provision: () => Promise.resolve({ files: { kind: "wasm", version: version(), device: "cpu" }, notices: [] }),
  async load() {
    const { loadWasm } = await import("./load.ts");
    return { kind: "wasm", version: version(), device: "cpu", capabilities, tf: await loadWasm() };
  },
};

function version(): string {
  return packageVersion("@tensorflow/tfjs-backend-wasm");
}
