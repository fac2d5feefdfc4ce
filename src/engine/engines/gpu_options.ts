/** Checks the options for an NVIDIA GPU before a run starts, and says which engines have which options. */
import type { EngineKind, EngineRequest, RunOptions } from "../../config.ts";
import { HeadlightError } from "../../errors.ts";
import { engines } from "./list.ts";

/**
 * Checks that the requested engine computes on an NVIDIA GPU in the requested precision, or may be one that does, if an
 * option for such a GPU is given.
 *
 * @param named returns how the person names an engine
 * @throws HeadlightError (exit status 2) that names the option
 */
export function checkGpuOptions(
  { gpu, tf32, precision }: Pick<RunOptions, "gpu" | "tf32"> & Partial<Pick<RunOptions, "precision">>,
  request: EngineRequest,
  named: (kind: string) => string = (kind) => `--engine ${kind}`,
): void {
  const given = gpu !== undefined ? `--gpu ${gpu}` : tf32 ? "--tf32" : null;
  if (given === null) return;
  const able = Object.entries(engines).filter(([, { capabilities }]) => capabilities.nvidia);
  if (request !== "auto" && !engines[request].capabilities.nvidia) {
    const kinds = able.map(([kind]) => kind).join(" or ");
    throw new HeadlightError(
      `${given} cannot be combined with ${named(request)}. Use ${named(kinds)}, or remove ${given}.`,
    );
  }
  // With --gpu, `auto` takes no engine of the processor.
  const isOnGpu = gpu !== undefined && precision !== undefined;
  if (!isOnGpu || able.some(([, { capabilities }]) => capabilities.precisions.includes(precision))) return;
  throw new HeadlightError(`${given} cannot be combined with --precision ${precision}. Remove one of them.`);
}

/** The options that only some engines have. */
export const ENGINE_OPTIONS = ["tf32", "gpu", "tensorflow"] as const satisfies readonly (keyof RunOptions)[];

/** Returns whether an engine has one of the options that only some engines have. */
export function hasOption(kind: EngineKind, option: (typeof ENGINE_OPTIONS)[number]): boolean {
  const { nvidia, namedFolder } = engines[kind].capabilities;
  return option === "tensorflow" ? namedFolder : nvidia;
}
