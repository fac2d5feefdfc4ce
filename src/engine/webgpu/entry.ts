/** The entry of the WebGPU engine in the list of engines. */
import type { BaseEngine, Capabilities, EngineEntry } from "../engine.ts";
import { webgpuFilesSchema } from "./files.ts";
import type { WebgpuSetupOptions } from "./setup.ts";

const capabilities: Capabilities = {
  // Those of TensorFlow, which trains the head.
  graphs: true,
  threads: false,
  // A network that is trained from scratch has no frozen base, so WebGPU would compute nothing.
  trainsConvolutions: false,
  precisions: ["float32"],
  namedFolder: true,
  nvidia: false,
};

const own = { kind: "webgpu", device: "gpu", capabilities, baseGraphs: null } as const;

async function loadForBases(): Promise<BaseEngine> {
  const { loadWebgpu } = await import("./load.ts");
  const { tf, ...loaded } = await loadWebgpu();
  return { ...own, ...loaded, tf: () => Promise.resolve(tf) };
}

/** WebGPU for the frozen base, beside TensorFlow, which trains the head. */
export const webgpu: EngineEntry = {
  name: "WebGPU",
  capabilities,
  callShapes: null,
  async provision(request: WebgpuSetupOptions) {
    const { setUpWebgpu } = await import("./setup.ts");
    return await setUpWebgpu(request);
  },
  async requireDevice(request: WebgpuSetupOptions) {
    const { requireAdapter } = await import("./setup.ts");
    await requireAdapter(request);
  },
  // WebGPU itself comes with Deno.
  async download(request: WebgpuSetupOptions) {
    const { setUpTensorflow } = await import("../tensorflow/setup.ts");
    await setUpTensorflow(request);
  },
  async inspect(request) {
    const { inspectWebgpu } = await import("./inspect.ts");
    return await inspectWebgpu(request);
  },
  async load(files) {
    const { trainer } = webgpuFilesSchema.parse(files);
    const [{ loadWebgpu }, { loadTensorflow }] = await Promise.all([
      import("./load.ts"),
      import("../tensorflow/load.ts"),
    ]);
    const { tf: _, ...loaded } = await loadWebgpu();
    // TensorFlow is loaded last, because the last one is the backend of tfjs.
    return { ...own, ...loaded, tf: (await loadTensorflow(trainer)).tf };
  },
  loadForBases,
};
