/** Whether a run's folder can be changed, which a trainer that goes on with the run and `runs rm` have to do. */
import { existsSync } from "node:fs";
import { errorLine, HeadlightError } from "../../errors.ts";
import { systemCode, systemReason } from "../../files/system_error.ts";
import { tryWriting } from "../../files/writable.ts";
import type { RunDirectory } from "./directory.ts";

/**
 * Checks that files can be made in a run's folder, and that those which every trainer appends to can be written.
 * @throws HeadlightError (2) that says what to do
 */
export function checkRunWritable(run: RunDirectory): void {
  try {
    tryWriting(run.path);
    for (const path of [run.lock, run.events, run.trainerLog]) openToAppend(path);
  } catch (error) {
    throw new HeadlightError(`Run ${run.id} cannot go on: ${notWritableText(run, error)}`, 2, { cause: error });
  }
}

/** Says that a run's folder, or the file in it that the error names, cannot be written, why, and what to do. */
export function notWritableText({ path }: RunDirectory, error: unknown): string {
  const named = /'([^']+)'$/.exec(errorLine(error))?.[1] ?? path;
  const where = named.startsWith(`${path}/`) && existsSync(named) ? named : path;
  return `${where} cannot be written (${systemReason(error)}). ${remedyFor(systemCode(error))}`;
}

function remedyFor(code: string | null): string {
  switch (code) {
    case "EROFS":
      return "Mount that disk so that it can be written, or copy the run to another one.";
    case "ENOSPC":
    case "EDQUOT":
      return "Free some disk space, then try again.";
    default:
      return "Make the folder and its files writable, or run this as the user to whom they belong.";
  }
}

function openToAppend(path: string): void {
  try {
    Deno.openSync(path, { append: true }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
