/** The entry of the TensorFlow engine in the list of engines. */
import type { Capabilities, EngineEntry } from "../engine.ts";
import { tensorflowFilesSchema } from "./files.ts";
import type { SetupOptions } from "./setup.ts";

const capabilities: Capabilities = {
  graphs: true,
  threads: true,
  trainsConvolutions: true,
  precisions: ["float32", "bfloat16"],
  namedFolder: true,
};

/** TensorFlow, loaded through tfjs-node. */
export const tensorflow: EngineEntry = {
  name: "TensorFlow",
  capabilities,
  async provision(request: SetupOptions) {
    const { setUpTensorflow } = await import("./setup.ts");
    return await setUpTensorflow(request);
  },
  async load(files) {
    const { loadAddon } = await import("./load.ts");
    return { kind: "tensorflow", capabilities, ...await loadAddon(tensorflowFilesSchema.parse(files).addon) };
  },
};
