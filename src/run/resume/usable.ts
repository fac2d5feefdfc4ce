/** The checkpoint that a run goes on from, and the words for it. */
import { basename } from "node:path";
import { HeadlightError } from "../../errors.ts";
import {
  type DamagedCheckpoint,
  type FoundCheckpoint,
  newestCheckpoint,
  type SoundCheckpoint,
} from "../checkpoints/newest_checkpoint.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { readEvents } from "../log/event_log.ts";

/**
 * Returns the checkpoint that a run goes on from, if it has any.
 * @throws HeadlightError (1) if there are checkpoints, but none can be used, or if those that were saved are gone
 */
export function usableCheckpoint(run: RunDirectory): FoundCheckpoint {
  const found = newestCheckpoint(run.checkpoints);
  if (found.sound !== null) return found;
  if (found.damaged[0]) throw new HeadlightError(nothingSound(run, found.damaged[0]), 1);
  const saved = newestSaved(run);
  if (saved !== null) throw new HeadlightError(checkpointsGone(run, saved), 1);
  return found;
}

/** Returns the name of the checkpoint that the log names last, or null if it names none. */
function newestSaved({ events }: RunDirectory): string | null {
  const saved = readEvents(events).findLast((event) => event.type === "checkpoint");
  return saved ? basename(saved.path) : null;
}

/** Returns the place where a run goes on: the number of finished epochs, and of finished batches of the next one. */
export function placeOf(checkpoint: SoundCheckpoint | null): { readonly epoch: number; readonly step: number } {
  return checkpoint?.snapshot ?? { epoch: 0, step: 0 };
}

/** Returns a sentence that says where a run goes on. */
export function placeText(checkpoint: string | null, epoch: number, step: number): string {
  if (checkpoint === null) return "The run had no checkpoint yet, so it begins again; features in the cache are used.";
  const where = step > 0 ? `after step ${step} of epoch ${epoch + 1}` : `after epoch ${epoch}`;
  return `The run goes on from checkpoint ${checkpoint}, ${where}.`;
}

function checkpointsGone({ id, checkpoints }: RunDirectory, saved: string): string {
  return `Run ${id} cannot go on, because its checkpoints are gone: it saved ${saved}, and ${checkpoints} has none. ` +
    "Restore them from a copy, or start a new run.";
}

function nothingSound({ id, checkpoints }: RunDirectory, { problem }: DamagedCheckpoint): string {
  return `Run ${id} cannot go on, because none of the checkpoints in ${checkpoints} can be read. Restore one from a ` +
    `copy, or start a new run. The newest: ${problem}`;
}
