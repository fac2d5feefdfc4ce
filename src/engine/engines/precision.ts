/** Checks whether the frozen base can be computed in the requested precision. */
import type { EngineRequest, Precision } from "../../config.ts";
import { HeadlightError, UnusableOptionsError } from "../../errors.ts";
import type { EngineEntry, EngineFiles } from "../engine.ts";
import { sentence } from "../../sentence.ts";
import { computesBfloat16, processorFeatures } from "../processor.ts";
import { engines, requestedEngines } from "./list.ts";

/**
 * Checks the precision against the requested engine and the processor, before a run starts.
 *
 * @param cpuinfo the text of /proc/cpuinfo; empty if there is none
 * @throws HeadlightError (exit status 2) if the engine or the processor does not support the precision
 */
export function checkPrecision(precision: Precision, request: EngineRequest, cpuinfo: string): void {
  const able = requestedEngines(request).some(({ capabilities }) => capabilities.precisions.includes(precision));
  if (!able) {
    throw new HeadlightError(needs(precision, `It cannot be combined with --engine ${request}. Remove one of them.`));
  }
  if (precision === "float32" || computesBfloat16(processorFeatures(cpuinfo))) return;
  throw new HeadlightError(
    `--precision ${precision}: this processor has neither AVX512_BF16 nor AMX, so it would be slower than float32. ` +
      `Remove --precision ${precision}.`,
  );
}

/**
 * Checks the precision against the engine that was provisioned. `auto` may have fallen back to an engine with fewer
 * precisions.
 *
 * @param notices why this engine was chosen
 * @throws UnusableOptionsError that names the engines that support the precision
 */
export function requirePrecision(precision: Precision, { kind }: EngineFiles, notices: readonly string[]): void {
  if (engines[kind].capabilities.precisions.includes(precision)) return;
  const reasons = notices.length > 0 ? notices : [`The engine is ${kind}`];
  throw new UnusableOptionsError(
    needs(precision, `${reasons.map(sentence).join(" ")} Remove --precision ${precision}.`),
  );
}

/** Returns the precisions in which an engine computes on a processor with these features, without being slower. */
export function usablePrecisions({ capabilities }: Pick<EngineEntry, "capabilities">, features: readonly string[]) {
  return capabilities.precisions.filter((precision) => precision === "float32" || computesBfloat16(features));
}

/** Returns the message for a precision that the engine does not support. */
function needs(precision: Precision, rest: string): string {
  const able = Object.values(engines).filter(({ capabilities }) => capabilities.precisions.includes(precision));
  return `--precision ${precision} needs ${able.map(({ name }) => name).join(" or ")}. ${rest}`;
}
