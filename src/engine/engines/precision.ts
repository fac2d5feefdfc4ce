/** Whether the frozen base can be computed in the precision that was asked for, known before a run starts. */
import type { EngineRequest } from "../../config.ts";
import { HeadlightError } from "../../errors.ts";
import { computesBfloat16, processorFeatures } from "../processor.ts";

/**
 * @param cpuinfo the text of /proc/cpuinfo, empty where there is none.
 * @throws HeadlightError (2) that says what stands in the way.
 */
export function checkPrecision(precision: string, engine: EngineRequest, cpuinfo: string): void {
  if (precision === "float32") return;
  if (engine === "wasm") {
    throw new HeadlightError(`--precision ${precision} needs TensorFlow; with --engine wasm leave it out`);
  }
  if (computesBfloat16(processorFeatures(cpuinfo))) return;
  throw new HeadlightError(
    `--precision ${precision} needs a processor with AVX512_BF16 or AMX, which this one lacks, so that it would be ` +
      "slower than float32; leave it out",
  );
}
