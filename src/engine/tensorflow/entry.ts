/** The entry of the TensorFlow engine in the list of engines. */
import type { Capabilities, EngineEntry } from "../engine.ts";
import { tensorflowShapes } from "./call_shapes.ts";
import { tensorflowFilesSchema } from "./files.ts";
import type { SetupOptions } from "./setup.ts";

const capabilities: Capabilities = {
  graphs: true,
  threads: true,
  trainsConvolutions: true,
  precisions: ["float32", "bfloat16"],
  namedFolder: true,
  nvidia: false,
};

/** TensorFlow, loaded through tfjs-node. */
export const tensorflow: EngineEntry = {
  name: "TensorFlow",
  capabilities,
  callShapes: tensorflowShapes,
  async provision(request: SetupOptions) {
    const { setUpTensorflow } = await import("./setup.ts");
    return await setUpTensorflow(request);
  },
  async inspect(request) {
    const { inspectTensorflow } = await import("./inspect.ts");
    return inspectTensorflow(request);
  },
  async load(files) {
    const [{ loadTensorflow }, { tensorflowGraphs }] = await Promise.all([
      import("./load.ts"),
      import("./base_graphs.ts"),
    ]);
    const loaded = await loadTensorflow(tensorflowFilesSchema.parse(files));
    return { kind: "tensorflow", capabilities, ...loaded, baseGraphs: tensorflowGraphs(loaded.tf) };
  },
};
