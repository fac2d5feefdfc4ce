/**
 * Files and folders in the system's folder for temporary files. Their names tell which process made them, so that the
 * next process removes what a killed one left.
 */
import { join } from "node:path";
import { temporaryFolder } from "../paths.ts";
import { isRunning, LEFT_AFTER_MS, removeIfThere } from "./atomic.ts";
import { explainSystemError } from "./system_error.ts";

/**
 * Matches the names that `temporaryPath` makes; the group is the process id. Earlier versions gave files and folders
 * names without one.
 */
const NAME =
  /^headlight-(?:graph-[0-9a-f]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.h5|temporary-(\d+)-[0-9a-f-]{36})$/;

let isSwept = false;

/**
 * Returns a path for a file or folder that this process needs for a few seconds. The first call also removes what
 * killed processes left.
 */
export function temporaryPath(): string {
  if (!isSwept) sweepTemporary(temporaryFolder());
  isSwept = true;
  return join(temporaryFolder(), `headlight-temporary-${Deno.pid}-${crypto.randomUUID()}`);
}

/**
 * Writes a temporary file.
 *
 * @throws HeadlightError (exit status 1) that names the temporary folder, which may be on another disk than the run's
 * folder
 */
export function writeTemporary(path: string, content: Uint8Array): void {
  try {
    Deno.writeFileSync(path, content);
  } catch (error) {
    throw explainTemporaryError(error);
  }
}

/** Does the same as `explainSystemError` for writing a temporary file, and names the folder. */
export function explainTemporaryError(error: unknown): unknown {
  return explainSystemError(error, `writing to the temporary folder ${temporaryFolder()} (TMPDIR)`);
}

/**
 * Removes what killed processes left in a folder an hour ago. What is younger is kept, because in a container process
 * ids mean other processes.
 */
export function sweepTemporary(folder: string, nowMs: number = Date.now()): void {
  for (const name of namesIn(folder)) {
    const match = NAME.exec(name);
    if (match === null || (match[1] !== undefined && isRunning(Number(match[1])))) continue;
    try {
      const changedMs = Deno.lstatSync(join(folder, name)).mtime?.getTime() ?? nowMs;
      if (nowMs - changedMs >= LEFT_AFTER_MS) removeIfThere(join(folder, name));
    } catch {
      // It belongs to another user, or another process has just removed it.
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}
