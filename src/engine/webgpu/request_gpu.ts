/** Requests a WebGPU device of this machine, in this process. */
import { errorLine } from "../../errors.ts";
import { type AdapterFacts, LIMITS, type Limits, type WebgpuFacts } from "./facts.ts";

/** The facts, and the device if the adapter gave one. */
export interface RequestedGpu {
  readonly facts: WebgpuFacts;
  readonly gpu: { readonly device: GPUDevice; readonly info: GPUAdapterInfo } | null;
}

/**
 * Requests the adapter and its device, with the adapter's own limits.
 *
 * On Linux only Vulkan is tried, because Deno would otherwise take OpenGL without saying so. Deno reads the variable
 * when WebGPU is first used in a process.
 */
export async function requestGpu(): Promise<RequestedGpu> {
  if (Deno.build.os === "linux") Deno.env.set("DENO_WEBGPU_BACKEND", "vulkan");
  const { gpu } = navigator;
  if (gpu === undefined) return { facts: { supported: false, adapter: null, refused: null }, gpu: null };
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) return { facts: { supported: true, adapter: null, refused: null }, gpu: null };
  const facts = factsOf(adapter);
  try {
    const device = await adapter.requestDevice({ requiredLimits: facts.limits });
    return { facts: { supported: true, adapter: facts, refused: null }, gpu: { device, info: adapter.info } };
  } catch (error) {
    return { facts: { supported: true, adapter: facts, refused: errorLine(error) }, gpu: null };
  }
}

function factsOf({ info, limits }: GPUAdapter): AdapterFacts {
  const { description, vendor, architecture, device } = info;
  const parts = [vendor, architecture, device].filter((part) => part !== "");
  return {
    name: description || parts.join(" ") || "a GPU without a name",
    software: info.isFallbackAdapter,
    limits: Object.fromEntries(LIMITS.map((name) => [name, limits[name]])) as Limits,
  };
}
