/** Checks that this machine has the device of an engine that the person named, before a run starts. */
import type { RunOptions } from "../../config.ts";
import { HeadlightError } from "../../errors.ts";
import { engines, enginesOnGpu } from "./list.ts";

/**
 * Asks the driver of the device that `--engine` or `--gpu` requires, about a second. Otherwise only the trainer would
 * find out that there is none, and leave a failed run. `auto` without `--gpu` asks nothing, because it takes another
 * engine.
 *
 * @param options whose folder of TensorFlow was checked before (`checkNamedFolder`)
 * @throws HeadlightError (2) that says why the device cannot be used, with a remedy
 */
export async function checkNamedDevice(
  { engine, gpu, tensorflow }: Pick<RunOptions, "engine" | "gpu" | "tensorflow">,
  cacheRoot: string,
): Promise<void> {
  const [named] = engine !== "auto" ? [engines[engine]] : gpu !== undefined ? enginesOnGpu() : [];
  if (named?.requireDevice === undefined) return;
  // A dynamic import, because most runs name no engine and must not wait for this module.
  const { namedPath } = await import("../tensorflow/named_folder.ts");
  try {
    await named.requireDevice({ cacheRoot, gpu, folder: namedPath({ tensorflow }), onProgress: () => {} });
  } catch (error) {
    if (!(error instanceof HeadlightError)) throw error;
    const flag = engine === "auto" ? `--gpu ${gpu}` : `--engine ${engine}`;
    throw new HeadlightError(error.message.startsWith("--") ? error.message : `${flag}: ${error.message}`, 2, {
      cause: error,
    });
  }
}
