/**
 * Removes what killed processes left behind: temporary files that were never renamed, run folders that were never
 * completed, and sockets without a listener. Each new run does this for the folders that it uses.
 */
import { existsSync, lstatSync } from "node:fs";
import { connect } from "node:net";
import { basename, dirname, join } from "node:path";
import { hasAsides, removeIfThere, sweepAsides } from "../../files/atomic.ts";
import { SOCKET_NAME, socketFolders, socketPath } from "../control/socket_path.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { listRuns } from "../folder/find_run.ts";
import { isOwned } from "../owner/custody.ts";

/**
 * The minimum age of a leftover, in milliseconds. Otherwise a file that a process on another machine is just making in
 * a shared folder would look like a leftover.
 */
const LEFT_ALONE_MS = 30_000;

export interface SweepOptions {
  /** The folders of sockets. */
  readonly sockets?: readonly string[];
  readonly nowMs?: number;
}

/**
 * Sweeps the run's own folder, the other runs beside it, and the folders of sockets. Files of running trainers are
 * kept. Never throws, because a leftover does no harm.
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
    // In this order, because there may be thousands of runs, and `isOwned` takes longest.
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

/**
 * Sweeps a run that nobody owns. If it was never completed, its folder is removed too unless anything else is in it.
 */
function sweepOther(run: RunDirectory): string[] {
  const swept = sweepRun(run);
  if (existsSync(run.config)) return swept;
  try {
    // The weights that a run starts with are written before config.json.
    if ([...Deno.readDirSync(run.path)].every(({ name }) => name === basename(run.from))) removeIfThere(run.from);
    // Fails if the folder is not empty.
    Deno.removeSync(run.path);
    return [...swept, run.path];
  } catch {
    return swept;
  }
}

async function sweepSockets(folder: string, runs: readonly RunDirectory[], nowMs: number): Promise<string[]> {
  const swept: string[] = [];
  // A connection may be refused although the socket's owner is running.
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

/**
 * Returns whether a path has not been changed for a while. A time far in the future counts too: the clock was set back
 * since.
 */
function isLeftAlone(path: string, nowMs: number): boolean {
  const changedMs = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return changedMs !== undefined && Math.abs(nowMs - changedMs) > LEFT_ALONE_MS;
}

/** Returns whether no process listens on a socket. */
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
