/** Checks that this machine has the device of an engine that the person named, before a run starts. */
import type { RunOptions } from "../../config.ts";
import { HeadlightError } from "../../errors.ts";
import { engines, enginesOnGpu } from "./list.ts";
import { checkNamedFolder } from "./named_folder.ts";

/**
 * Asks the driver of the device that `--engine` or `--gpu` requires, about a second. Otherwise only the trainer would find
 * out that there is none, and leave a failed run. `auto` without `--gpu` asks nothing, because it takes another engine.
 *
 * @throws HeadlightError (2) that says why the device cannot be used, with a remedy
 */
export async function checkNamedDevice(
  { engine, gpu, tensorflow }: Pick<RunOptions, "engine" | "gpu" | "tensorflow">,
  cacheRoot: string,
): Promise<void> {
  const named = engine !== "auto" ? [engines[engine]] : gpu !== undefined ? enginesOnGpu() : [];
  const checks = named.flatMap((entry) => entry.requireDevice === undefined ? [] : [entry.requireDevice]);
  if (checks.length === 0) return;
  const folder = await checkNamedFolder(engine, tensorflow === undefined ? {} : { tensorflow });
  let problem: HeadlightError | null = null;
  for (const check of checks) {
    try {
      return await check({ cacheRoot, gpu, folder, onProgress: () => {} });
    } catch (error) {
      if (!(error instanceof HeadlightError)) throw error;
      problem ??= error;
    }
  }
  if (problem === null) return;
  const flag = engine === "auto" ? `--gpu ${gpu}` : `--engine ${engine}`;
  const { message } = problem;
  throw new HeadlightError(message.startsWith("--") ? message : `${flag}: ${message}`, 2, { cause: problem });
}
