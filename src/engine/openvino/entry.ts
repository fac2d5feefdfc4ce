/** The entry of the OpenVINO engine in the list of engines. */
import type { BaseEngine, Capabilities, EngineEntry, EngineFiles } from "../engine.ts";
import { openvinoShapes } from "./call_shapes.ts";
import { openvinoFilesSchema } from "./files.ts";
import { savedTime } from "./saved_time.ts";
import type { OpenvinoSetupOptions } from "./setup.ts";

const capabilities: Capabilities = {
  // Those of TensorFlow, which trains the head.
  graphs: true,
  // The number of threads does not change a bit of its features.
  threads: false,
  // A network that is trained from scratch has no frozen base, so OpenVINO would compute nothing.
  trainsConvolutions: false,
  precisions: ["float32", "bfloat16"],
  namedFolder: true,
  nvidia: false,
};

async function loadForBases(files: EngineFiles): Promise<BaseEngine> {
  const { loadOpenvino } = await import("./load.ts");
  return { kind: "openvino", device: "cpu", capabilities, ...loadOpenvino(openvinoFilesSchema.parse(files)) };
}

/** OpenVINO for the frozen base, beside TensorFlow, which records the base's graph and trains the head. */
export const openvino: EngineEntry = {
  name: "OpenVINO",
  capabilities,
  callShapes: openvinoShapes,
  savedTime,
  async provision(request: OpenvinoSetupOptions) {
    const [{ setUpOpenvino }, { verifyLibraries }] = await Promise.all([import("./setup.ts"), import("./verify.ts")]);
    const { signal } = request;
    return await setUpOpenvino({ verifyOpenvino: (folder) => verifyLibraries(folder, signal), ...request });
  },
  async requireDevice(request: OpenvinoSetupOptions) {
    const { requireOpenvino } = await import("./setup.ts");
    requireOpenvino(request);
  },
  async inspect(request) {
    const { inspectOpenvino } = await import("./inspect.ts");
    return inspectOpenvino(request);
  },
  async load(files) {
    const { tf, ...rest } = await loadForBases(files);
    return { ...rest, tf: await tf() };
  },
  loadForBases,
};
