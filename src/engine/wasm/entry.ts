/** The entry of the WebAssembly engine in the list of engines. */
import type { Capabilities, EngineEntry } from "../engine.ts";
import { packageVersion } from "../packages.ts";

const capabilities: Capabilities = {
  graphs: false,
  threads: false,
  trainsConvolutions: false,
  precisions: ["float32"],
  namedFolder: false,
  nvidia: false,
};

/** WebAssembly, which needs no setup. */
export const wasm: EngineEntry = {
  name: "WebAssembly",
  capabilities,
  callShapes: null,
  pace: "about five times slower",
  provision: () => Promise.resolve({ files: { kind: "wasm", version: version(), device: "cpu" }, notices: [] }),
  inspect: () =>
    Promise.resolve({ here: true, version: version(), device: "cpu", bytes: 0, downloadBytes: 0, problem: null }),
  async load() {
    const { loadWasm } = await import("./load.ts");
    return { kind: "wasm", version: version(), device: "cpu", capabilities, tf: await loadWasm(), baseGraphs: null };
  },
};

function version(): string {
  return packageVersion("@tensorflow/tfjs-backend-wasm");
}
