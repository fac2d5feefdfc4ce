/** Tests that compute in bfloat16, which Headlight only does on processors that are faster in it. */
import { existsSync } from "node:fs";
import { computesBfloat16, processorFeatures } from "../src/engine/processor.ts";
import { needs } from "./support.ts";

const cpuinfo = existsSync("/proc/cpuinfo") ? Deno.readTextFileSync("/proc/cpuinfo") : "";

/** Returns a test that is skipped on a processor without bfloat16. */
export function bfloat16Test(name: string, fn: () => Promise<void>): Deno.TestDefinition {
  return {
    name: name + needs("AVX512_BF16 or AMX"),
    ignore: !computesBfloat16(processorFeatures(cpuinfo)),
    fn,
  };
}
