/** Removes runs for good: all that were named or, where a living trainer has one of them, none. */
import { join } from "node:path";
import { errorLine, HeadlightError } from "../../errors.ts";
import { removeIfThere } from "../../files/atomic.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { socketFolders, socketPath } from "../control/socket_path.ts";
import { hasTrainer } from "../owner/custody.ts";
import { Ownership } from "../owner/ownership.ts";

/** What makes a folder a run goes last: a removal that was cut short leaves a run that can be removed again. */
const LAST = ["events.jsonl", "lock", "config.json"];

/** @throws HeadlightError (2) where a trainer has one of the runs, or is about to take it. */
export function refuseLive(runs: readonly RunDirectory[]): void {
  const live = runs.find(hasTrainer);
  if (live) throw liveError(live);
}

/**
 * Removes the folders with all that is in them; of a link only itself, never what it points to. While it goes on no
 * trainer can take one of them.
 *
 * @param onRemoved is called after each.
 * @throws HeadlightError (2) where a run is live: nothing is removed; (1) where a file cannot be removed.
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
    // A trainer that was killed left it.
    for (const folder of socketFolders()) removeIfThere(socketPath(run.path, folder));
  } catch (error) {
    throw cannotRemove(run, error);
  }
}

function liveError({ id }: RunDirectory): HeadlightError {
  return new HeadlightError(`run ${id} is live, and nothing was removed: end it first with deno task stop ${id}`);
}

function cannotRemove({ path }: RunDirectory, error: unknown): HeadlightError {
  return new HeadlightError(`${path} cannot be removed: ${errorLine(error)}`, 1, { cause: error });
}
