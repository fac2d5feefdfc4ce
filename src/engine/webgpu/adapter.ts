/** Decides from the facts about a WebGPU adapter whether Headlight computes on it, and if not, what to do. Pure. */
import { stripControl } from "../../text.ts";
import type { Place } from "../cuda/place.ts";
import type { AdapterFacts, WebgpuFacts } from "./facts.ts";

/** The environment variable that allows an adapter that computes on the processor. Tests need it. */
export const SOFTWARE_VARIABLE = "HEADLIGHT_WEBGPU_SOFTWARE";

/** Why WebGPU cannot be used. */
export type WebgpuObstacle =
  /** This Deno has no WebGPU. */
  | { readonly kind: "no webgpu" }
  /** The Vulkan loader, libvulkan.so.1, was not found. */
  | { readonly kind: "no loader" }
  /** No driver finds a GPU. */
  | { readonly kind: "no adapter" }
  /** The only adapter computes on the processor. */
  | { readonly kind: "software"; readonly name: string }
  /** The adapter gives no device. */
  | { readonly kind: "no device"; readonly name: string; readonly why: string }
  /** The process that asked the driver was ended by a signal. */
  | { readonly kind: "crashed"; readonly signal: string }
  | { readonly kind: "hung"; readonly limitMs: number }
  /** The process that asked the driver failed in an unexpected way. */
  | { readonly kind: "failed"; readonly why: string };

export interface UsableAdapter {
  readonly kind: "usable";
  readonly adapter: AdapterFacts;
}

/** Whether Headlight computes on this machine's WebGPU adapter. */
export type WebgpuDetection = UsableAdapter | WebgpuObstacle;

/** @param softwareAllowed whether an adapter that computes on the processor may be used */
export function detectionOf(
  { supported, adapter, refused }: WebgpuFacts,
  softwareAllowed: boolean,
): WebgpuDetection {
  if (!supported) return { kind: "no webgpu" };
  if (adapter === null) return { kind: "no adapter" };
  if (adapter.software && !softwareAllowed) return { kind: "software", name: adapter.name };
  return refused === null ? { kind: "usable", adapter } : { kind: "no device", name: adapter.name, why: refused };
}

/** Returns whether a value of the variable allows a software adapter. */
export function allowsSoftware(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0";
}

/** Where the engine runs, as far as the remedy depends on it. */
export type WebgpuPlace = Place | "macos";

/** Two clauses without a period at their end. */
export interface WebgpuExplanation {
  readonly problem: string;
  readonly remedy: string;
}

const VENDORS =
  "the Vulkan driver of your GPU (NVIDIA: NVIDIA's driver; AMD and Intel: apt install mesa-vulkan-drivers)";
const ACCESS = "with access to the GPU (NVIDIA: docker run --gpus all -e NVIDIA_DRIVER_CAPABILITIES=all; AMD and " +
  "Intel: --device /dev/dri, and mesa-vulkan-drivers inside)";
const METAL = "Use a Mac whose GPU supports Metal";

/** How a GPU becomes usable without a Vulkan loader. */
const GET_LOADER: Readonly<Record<WebgpuPlace, string>> = {
  linux: `Install libvulkan1 and ${VENDORS}`,
  wsl2: "Install libvulkan1 and a Vulkan driver that reaches the GPU from WSL2",
  container: `Install libvulkan1 in the container, and start it ${ACCESS}`,
  macos: METAL,
};
/** How a GPU becomes usable that no driver finds. */
const GET_DRIVER: Readonly<Record<WebgpuPlace, string>> = {
  linux: `Install ${VENDORS}`,
  wsl2: "Install a Vulkan driver that reaches the GPU from WSL2",
  container: `Start the container ${ACCESS}`,
  macos: METAL,
};
const CHECK_DRIVER: Readonly<Record<WebgpuPlace, string>> = {
  linux: "Run vulkaninfo --summary (Debian: apt install vulkan-tools) to see whether the GPU's driver works",
  wsl2: "Run vulkaninfo --summary (Debian: apt install vulkan-tools) to see whether the GPU's driver works",
  container: "Run vulkaninfo --summary in the container to see whether the GPU's driver works",
  macos: "Restart the Mac, or update macOS",
};

/** Returns what is wrong and what to do about it in a place. */
export function explainWebgpu(obstacle: WebgpuObstacle, place: WebgpuPlace): WebgpuExplanation {
  switch (obstacle.kind) {
    case "no webgpu":
      return { problem: "this Deno has no WebGPU", remedy: "Install Deno 2.9 or later" };
    case "no loader":
      return {
        problem: "WebGPU finds no GPU, because there is no Vulkan loader: libvulkan.so.1 was not found",
        remedy: GET_LOADER[place],
      };
    case "no adapter":
      return {
        problem: place === "macos"
          ? "WebGPU finds no GPU"
          : "WebGPU finds no GPU, because no Vulkan driver here reports one",
        remedy: GET_DRIVER[place],
      };
    case "software":
      return {
        problem: `the only GPU that WebGPU finds is ${stripControl(obstacle.name)}, a driver that computes on the ` +
          "processor",
        remedy: GET_DRIVER[place],
      };
    case "no device":
      return {
        problem: `${stripControl(obstacle.name)} cannot be used through WebGPU: ${stripControl(obstacle.why)}`,
        remedy: CHECK_DRIVER[place],
      };
    case "crashed":
      return { problem: `the GPU's driver crashed with ${obstacle.signal}`, remedy: CHECK_DRIVER[place] };
    case "hung":
      return {
        problem: `the GPU's driver did not answer within ${Math.round(obstacle.limitMs / 100) / 10} s`,
        remedy: CHECK_DRIVER[place],
      };
    case "failed":
      return {
        problem: `the GPU's driver could not be tested: ${stripControl(obstacle.why)}`,
        remedy: CHECK_DRIVER[place],
      };
  }
}

/** Returns the error line for an obstacle: what is wrong and what to do. */
export function webgpuLine(obstacle: WebgpuObstacle, place: WebgpuPlace): string {
  const { problem, remedy } = explainWebgpu(obstacle, place);
  return `${problem}. ${remedy}, or use --engine tensorflow.`;
}
