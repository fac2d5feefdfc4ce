/** The names of a run's checkpoints, and the marks that say which are kept. */
import { readlinkSync } from "node:fs";
import { join } from "node:path";
import { replaceFileSync } from "../../files/atomic.ts";

/**
 * A file in a checkpoint that a person has requested. Such a checkpoint is never deleted. It is not listed in the
 * manifest, so a person may add it to any checkpoint.
 */
export const KEPT_MARK = "keep";

/** Marks a checkpoint as one that a person has requested. */
export function markKept(checkpoint: string): void {
  replaceFileSync(join(checkpoint, KEPT_MARK), "");
}

/** Returns the name of a checkpoint: `epoch-0012`, or `epoch-0012-step-0007` within an epoch. */
export function checkpointName(epoch: number, step: number): string {
  const digits = (value: number): string => String(value).padStart(4, "0");
  return `epoch-${digits(epoch)}` + (step > 0 ? `-step-${digits(step)}` : "");
}

/** Matches the names of checkpoints. The last number is there if the name was taken. */
const CHECKPOINT = /^epoch-(\d+)(?:-step-(\d+))?(?:-(\d+))?$/;

/** The numbers in a checkpoint's name: epoch, step, and the number of the attempt. */
type Place = readonly [epoch: number, step: number, attempt: number];

/** Returns the place in a name that `checkpointName` made. */
export function placeIn(name: string): Place {
  const [, epoch, step = 0, attempt = 1] = CHECKPOINT.exec(name) ?? [];
  return [Number(epoch), Number(step), Number(attempt)];
}

/** Compares two places: negative if the first one comes first. */
function byPlace(one: Place, other: Place): number {
  return one[0] - other[0] || one[1] - other[1] || one[2] - other[2];
}

/** Returns the names of the checkpoints in a folder, in any order; none if there is no such folder. */
export function checkpointNames(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].filter(({ name, isDirectory }) => isDirectory && CHECKPOINT.test(name))
      .map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Returns the name that a link such as `best` points to, or null if there is no such link. */
export function linkedName(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null;
  }
}

/**
 * Returns the names of checkpoints with the newest first: the one with the most steps. File times do not count, because
 * a copy of the folder has other ones.
 */
export function newestFirst(names: readonly string[]): string[] {
  return [...names].sort((one, other) => byPlace(placeIn(other), placeIn(one)));
}
