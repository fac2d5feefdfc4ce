/** Chooses the GPU that computes. Pure. */
import prettyBytes from "pretty-bytes";
import { HeadlightError } from "../../errors.ts";
import { stripControl } from "../../text.ts";
import type { Usable, UsableGpu } from "./detection.ts";

/**
 * Returns the GPU with a number, or the first one that can be used.
 *
 * @throws HeadlightError (2) that names the GPUs, if none that can be used has the number
 */
export function chooseGpu({ gpus }: Pick<Usable, "gpus">, number: number | undefined): UsableGpu {
  if (number === undefined) return gpus[0];
  const found = gpus.find(({ index }) => index === number);
  if (found !== undefined) return found;
  const list = gpus.map((gpu) => `${gpu.index} is ${gpuText(gpu)}`).join(", ");
  throw new HeadlightError(
    `--gpu ${number}: there is no such GPU here that can be used. Use one of these numbers: ${list}.`,
  );
}

function gpuText({ name, memoryBytes }: UsableGpu): string {
  return `${stripControl(name)} (${prettyBytes(memoryBytes)})`;
}
