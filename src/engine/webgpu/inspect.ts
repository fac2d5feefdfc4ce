/** Finds out whether WebGPU can be used on this machine, for the list of engines. */
import { stripControl } from "../../text.ts";
import type { EnginePresence } from "../engine.ts";
import { inspectTensorflow } from "../tensorflow/inspect.ts";
import { webgpuLine } from "./adapter.ts";
import { detectWebgpu, webgpuPlace } from "./detect.ts";
import { type WebgpuSetupOptions, webgpuVersion } from "./setup.ts";

/**
 * Returns what of WebGPU is on this machine. It is here if it has a GPU that can be used, and a TensorFlow, whose
 * download is the only one.
 */
export async function inspectWebgpu(options: Omit<WebgpuSetupOptions, "onProgress">): Promise<EnginePresence> {
  const found = await detectWebgpu({ signal: options.signal, ...options.detection });
  const trainer = inspectTensorflow(options);
  const usable = found.kind === "usable";
  return {
    here: usable && trainer.here,
    version: webgpuVersion(),
    device: "gpu",
    deviceName: usable ? stripControl(found.adapter.name) : null,
    bytes: 0,
    downloadBytes: trainer.downloadBytes,
    problem: usable ? trainer.problem : webgpuLine(found, webgpuPlace()),
  };
}
