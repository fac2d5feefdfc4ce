/** Whether the frozen base can be computed in the precision that was asked for. */
import type { EngineRequest, Precision } from "../../config.ts";
import { HeadlightError } from "../../errors.ts";
import type { EngineFiles } from "../engine.ts";
import { computesBfloat16, processorFeatures } from "../processor.ts";
import { engines, requestedEngines } from "./list.ts";

/**
 * Checks what is known before a run starts.
 *
 * @param cpuinfo the text of /proc/cpuinfo, empty where there is none.
 * @throws HeadlightError (2) that says what stands in the way.
 */
export function checkPrecision(precision: Precision, request: EngineRequest, cpuinfo: string): void {
  const able = requestedEngines(request).some(({ capabilities }) => capabilities.precisions.includes(precision));
  if (!able) throw unable(precision, `with --engine ${request} leave it out`);
  if (precision === "float32" || computesBfloat16(processorFeatures(cpuinfo))) return;
  throw new HeadlightError(
    `--precision ${precision} needs a processor with AVX512_BF16 or AMX, which this one lacks, so that it would be ` +
      "slower than float32; leave it out",
  );
}

/**
 * Checks the engine that the run got: `auto` may have ended with one that cannot do as much.
 *
 * @param notices why it got this one.
 * @throws HeadlightError (1) that names an engine that can.
 */
export function requirePrecision(precision: Precision, { kind }: EngineFiles, notices: readonly string[]): void {
  if (engines[kind].capabilities.precisions.includes(precision)) return;
  throw unable(precision, `${notices.join("; ") || `the engine is ${kind}`}. Leave it out`, 1);
}

function unable(precision: Precision, rest: string, exitStatus: 1 | 2 = 2): HeadlightError {
  const able = Object.values(engines).filter(({ capabilities }) => capabilities.precisions.includes(precision));
  return new HeadlightError(
    `--precision ${precision} needs ${able.map(({ name }) => name).join(" or ")}; ${rest}`,
    exitStatus,
  );
}
