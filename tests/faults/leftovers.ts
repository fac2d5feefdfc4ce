/** What an ended run must not leave behind. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isAside } from "../../src/files/atomic.ts";
import { socketFolders, socketPath } from "../../src/run/control/socket_path.ts";
import type { RunDirectory } from "../../src/run/folder/directory.ts";

/** An environment variable that marks all processes of a run of the campaign. */
export const MARK = "HEADLIGHT_FAULT_RUN";

/** Returns the command lines of all running processes with this mark. */
export function processesMarked(mark: string): string[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const marked = Deno.readTextFileSync(`/proc/${name}/environ`).split("\0").includes(`${MARK}=${mark}`);
      if (!marked || /^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${name}/status`))) return [];
      return [`${name} ${Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ").slice(0, 200)}`];
    } catch {
      // The process has ended, or belongs to another user.
      return [];
    }
  });
}

/** Kills all running processes with this mark. */
export function endProcesses(mark: string): void {
  for (const line of processesMarked(mark)) {
    try {
      Deno.kill(parseInt(line), "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Returns the temporary files and sockets of a run without a trainer. */
export function leftoversOf(run: RunDirectory): string[] {
  const sockets = socketFolders().map((folder) => socketPath(run.path, folder)).filter((path) => existsSync(path));
  return [...temporaryFilesOf(run), ...sockets];
}

/** Returns the files that a killed process has not renamed. */
export function temporaryFilesOf(run: RunDirectory): string[] {
  return asidesIn(run.path);
}

function asidesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    if (isAside(name)) return [path];
    return isDirectory ? asidesIn(path) : [];
  });
}
