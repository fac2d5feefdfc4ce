import { existsSync } from "node:fs";
import { type Precision, precisionSchema } from "../../src/config.ts";
import { computesBfloat16, processorFeatures } from "../../src/engine/processor.ts";

/** Returns the precisions that `train` accepts on this machine. */
export const PRECISIONS: readonly Precision[] = precisionSchema.options.filter((precision) =>
  precision === "float32" || computesBfloat16(processorFeatures(readText("/proc/cpuinfo")))
);

function readText(path: string): string {
  return existsSync(path) ? Deno.readTextFileSync(path) : "";
}
