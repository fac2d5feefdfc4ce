/** The entry of the CUDA engine in the list of engines. */
import type { Capabilities, EngineEntry } from "../engine.ts";
import { platformName } from "../wheels/pinned.ts";
import { cudaShapes } from "./call_shapes.ts";
import { hasDriver } from "./driver.ts";
import type { CudaSetupOptions } from "./setup.ts";

const capabilities: Capabilities = {
  graphs: true,
  // The number of the processor's threads does not change a bit of what a GPU computes.
  threads: false,
  // A network that is trained from scratch has no frozen base, so CUDA would compute nothing.
  trainsConvolutions: false,
  precisions: ["float32"],
  namedFolder: true,
  nvidia: true,
};

/** TensorFlow's build for CUDA for the frozen base, beside TensorFlow on the processor, which trains the head. */
export const cuda: EngineEntry = {
  name: "CUDA",
  capabilities,
  callShapes: cudaShapes,
  isPossible: () => platformName() === "linux-x86_64" && hasDriver(),
  async provision(request: CudaSetupOptions) {
    const { setUpCuda } = await import("./setup.ts");
    return await setUpCuda(request);
  },
  async requireDevice(request: CudaSetupOptions) {
    const { requireGpu } = await import("./setup.ts");
    await requireGpu(request);
  },
  async download(request: CudaSetupOptions) {
    const { downloadCuda } = await import("./setup.ts");
    await downloadCuda(request);
  },
  async inspect(request) {
    const { inspectCuda } = await import("./inspect.ts");
    return inspectCuda(request);
  },
  async load(files) {
    const [{ loadCuda }, { cudaFilesSchema }] = await Promise.all([import("./load.ts"), import("./files.ts")]);
    return { kind: "cuda", capabilities, ...await loadCuda(cudaFilesSchema.parse(files)) };
  },
};
