/** Whether this machine has a Vulkan driver for the tests of WebGPU, if only one that computes on the processor. */
import { SOFTWARE_VARIABLE } from "../src/engine/webgpu/adapter.ts";
import { detectWebgpu } from "../src/engine/webgpu/detect.ts";
import { needs } from "./support.ts";

/** Allows a driver that computes on the processor. */
export const SOFTWARE = { [SOFTWARE_VARIABLE]: "1" };

/** Hides all drivers from the Vulkan loader. */
export const NO_DRIVERS = { VK_ICD_FILENAMES: "/nowhere/icd.json", VK_DRIVER_FILES: "/nowhere/icd.json" };

/** The adapter that Headlight would use here. */
export const FOUND = await detectWebgpu({ env: SOFTWARE });
const HAS_DRIVER = FOUND.kind === "usable";

/** Returns a test that computes through WebGPU. */
export function webgpuTest(name: string, fn: () => void | Promise<void>): Deno.TestDefinition {
  const driver = needs("a Vulkan driver, such as Debian's libvulkan1 with mesa-vulkan-drivers");
  return { name: HAS_DRIVER ? name : name + driver, ignore: !HAS_DRIVER, fn };
}
