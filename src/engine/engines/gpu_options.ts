/** Checks the options for an NVIDIA GPU before a run starts. */
import type { EngineRequest, RunOptions } from "../../config.ts";
import { HeadlightError } from "../../errors.ts";
import { engines } from "./list.ts";

/**
 * Checks that the requested engine computes on an NVIDIA GPU, or may be one that does, if an option for such a GPU is
 * given.
 *
 * @throws HeadlightError (exit status 2) that names the option
 */
export function checkGpuOptions({ gpu, tf32 }: Pick<RunOptions, "gpu" | "tf32">, request: EngineRequest): void {
  const given = gpu !== undefined ? `--gpu ${gpu}` : tf32 ? "--tf32" : null;
  if (given === null || request === "auto" || engines[request].capabilities.nvidia) return;
  const able = Object.entries(engines).filter(([, { capabilities }]) => capabilities.nvidia).map(([kind]) => kind);
  throw new HeadlightError(
    `${given} cannot be combined with --engine ${request}. Use --engine ${able.join(" or ")}, or remove ${given}.`,
  );
}
