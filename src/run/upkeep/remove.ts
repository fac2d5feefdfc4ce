/** Removes runs permanently: either all that were named or, if one of them has a running trainer, none. */
import { join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { removeIfThere } from "../../files/atomic.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { runArgument } from "../folder/run_argument.ts";
import { socketFolders, socketPath } from "../control/socket_path.ts";
import { hasTrainer } from "../owner/custody.ts";
import { Ownership } from "../owner/ownership.ts";
import { notWritableText } from "../folder/writable_run.ts";

/**
 * The files that make a folder a run are removed last. If the removal is interrupted, the rest is still a run that can
 * be removed.
 */
const LAST = ["events.jsonl", "lock", "config.json"];

/** Checks that no trainer owns one of the runs or is starting. @throws HeadlightError (2) */
export function refuseLive(runs: readonly RunDirectory[]): void {
  const live = runs.find(hasTrainer);
  if (live) throw liveError(live);
}

/**
 * Removes the folders with everything in them. Of a link, only the link itself is removed, never its target. Meanwhile
 * no trainer can take one of the runs.
 *
 * @param onRemoved called after each run
 * @throws HeadlightError (2) if a run is live, and nothing is removed; (1) if a file cannot be removed
 */
export function removeRuns(runs: readonly RunDirectory[], onRemoved: (run: RunDirectory) => void = () => {}): void {
  const owned: Ownership[] = [];
  try {
    refuseLive(runs);
    for (const run of runs) owned.push(take(run));
    for (const run of runs) {
      removeFolder(run);
      onRemoved(run);
    }
  } finally {
    for (const ownership of owned) ownership.release();
  }
}

function take(run: RunDirectory): Ownership {
  let ownership: Ownership | null;
  try {
    ownership = Ownership.tryTake(run);
  } catch (error) {
    throw cannotRemove(run, error);
  }
  if (!ownership) throw liveError(run);
  return ownership;
}

function removeFolder(run: RunDirectory): void {
  try {
    const names = [...Deno.readDirSync(run.path)].map(({ name }) => name);
    for (
      const name of [
        ...names.filter((name) => !LAST.includes(name)),
        ...LAST.filter((name) => names.includes(name)),
      ]
    ) {
      Deno.removeSync(join(run.path, name), { recursive: true });
    }
    Deno.removeSync(run.path);
    // A trainer that was killed leaves its socket behind.
    for (const folder of socketFolders()) removeIfThere(socketPath(run.path, folder));
  } catch (error) {
    throw cannotRemove(run, error);
  }
}

function liveError(run: RunDirectory): HeadlightError {
  return new HeadlightError(
    `Run ${run.id} is live, so nothing was removed. Stop it first: deno task stop ${runArgument(run)}`,
  );
}

function cannotRemove(run: RunDirectory, error: unknown): HeadlightError {
  return new HeadlightError(`Run ${run.id} cannot be removed: ${notWritableText(run, error)}`, 1, { cause: error });
}
