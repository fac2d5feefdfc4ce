/**
 * Removes what killed processes left behind: files written aside and never renamed, run folders that were never
 * finished, and sockets that nobody listens on. The next run in the same places does it.
 */
import { existsSync, lstatSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { hasAsides, removeIfThere, sweepAsides } from "../../files/atomic.ts";
import { SOCKET_NAME, socketFolders, socketPath } from "../control/socket_path.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { listRuns } from "../folder/find_run.ts";
import { isOwned } from "../owner/custody.ts";

/**
 * How long something must have been left alone before it counts as a leftover. What a process on another machine is just
 * making in a shared folder cannot be told from a leftover otherwise.
 */
const LEFT_ALONE_MS = 30_000;

export interface SweepOptions {
  /** Folders of sockets. */
  readonly sockets?: readonly string[];
  readonly nowMs?: number;
}

/**
 * Sweeps the run's own folder, the other runs beside it and the folders of sockets. Living owners' things are left
 * alone. Never throws: a leftover is in nobody's way.
 *
 * @param run a run that this process owns
 * @returns the paths that were removed
 */
export async function sweepLeftovers(
  run: RunDirectory,
  { sockets = socketFolders(), nowMs = Date.now() }: SweepOptions = {},
): Promise<string[]> {
  const others = siblingsOf(run);
  const swept = sweepRun(run);
  for (const other of others) {
    // In this order: there may be thousands of runs, and asking who has one takes longest.
    if (mayHaveLeftovers(other) && isLeftAlone(other.path, nowMs) && !isOwned(other)) swept.push(...sweepOther(other));
  }
  for (const folder of sockets) swept.push(...await sweepSockets(folder, [run, ...others], nowMs));
  return swept;
}

function siblingsOf(run: RunDirectory): RunDirectory[] {
  try {
    return listRuns(dirname(run.path)).filter(({ path }) => path !== run.path);
  } catch {
    return [];
  }
}

function sweepRun({ path, checkpoints }: RunDirectory): string[] {
  return [path, checkpoints].flatMap((folder) => sweepAsides(folder).map((name) => join(folder, name)));
}

function mayHaveLeftovers({ path, checkpoints, config }: RunDirectory): boolean {
  return hasAsides(path) || hasAsides(checkpoints) || !existsSync(config);
}

/** Sweeps a run that nobody has. Of one that was never finished nothing is left then, and its folder goes too. */
function sweepOther(run: RunDirectory): string[] {
  const swept = sweepRun(run);
  if (existsSync(run.config)) return swept;
  try {
    // Fails where anything is left in it.
    Deno.removeSync(run.path);
    return [...swept, run.path];
  } catch {
    return swept;
  }
}

async function sweepSockets(folder: string, runs: readonly RunDirectory[], nowMs: number): Promise<string[]> {
  const swept: string[] = [];
  // A system may refuse a connection for another reason than that nobody listens.
  const isOwnedOnes = (path: string): boolean => {
    const owner = runs.find((run) => socketPath(run.path, folder) === path);
    return owner !== undefined && isOwned(owner);
  };
  for (const path of filesIn(folder, /^\.writable-/)) {
    if (isLeftAlone(path, nowMs)) swept.push(...removed(path));
  }
  for (const path of filesIn(folder, SOCKET_NAME)) {
    if (!isLeftAlone(path, nowMs) || !await isRefused(path) || isOwnedOnes(path)) continue;
    swept.push(...removed(path));
  }
  return swept;
}

function filesIn(folder: string, name: RegExp): string[] {
  try {
    return [...Deno.readDirSync(folder)].filter((entry) => name.test(entry.name)).map((entry) =>
      join(folder, entry.name)
    );
  } catch {
    return [];
  }
}

function removed(path: string): string[] {
  try {
    removeIfThere(path);
    return [path];
  } catch {
    return [];
  }
}

/** Whether nobody has changed it for long. A time far in the future is one of a clock that was set back since. */
function isLeftAlone(path: string, nowMs: number): boolean {
  const changedMs = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return changedMs !== undefined && Math.abs(nowMs - changedMs) > LEFT_ALONE_MS;
}

/** Whether nobody listens on a socket. */
function isRefused(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", (error) => resolve("code" in error && error.code === "ECONNREFUSED"));
  });
}
