/** Checks which checkpoints an ended run has: the asked-for ones, and those that `--keep` keeps for their figure. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { checkpointNames, KEPT_MARK, linkedName, placeIn } from "../../src/run/checkpoints/checkpoint_names.ts";
import { readCheckpoint } from "../../src/run/checkpoints/read_checkpoint.ts";
import type { RunDirectory } from "../../src/run/folder/directory.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { readEvents } from "../../src/run/log/event_log.ts";
import { keepingOf } from "../../src/run/training_options.ts";

/**
 * Checks the checkpoints of an ended run.
 * @param killed whether a process of the run was killed. It may have marked a checkpoint and not said so
 */
export function checkKept(run: RunDirectory, killed: boolean): void {
  const { checkpoints } = run;
  const names = checkpointNames(checkpoints);
  const marked = names.filter((name) => existsSync(join(checkpoints, name, KEPT_MARK)));
  const asked = readEvents(run.events).flatMap((event) =>
    event.type === "checkpoint" && event.kind === "manual" ? [basename(event.path)] : []
  );
  for (const name of asked) assert.ok(marked.includes(name), `${name}, which was asked for, is not in ${names}`);
  if (!killed) assert.deepEqual(new Set(marked), new Set(asked));
  const linked = ["best", "last"].map((link) => linkedName(join(checkpoints, link)));
  const others = names.filter((name) => !marked.includes(name) && !linked.includes(name));
  const held = [...marked, ...linked.filter((name) => name !== null)];
  // One more is the checkpoint before `last`, if it is not there for another reason.
  const before = [null, ...names].some((name) => {
    const kept = others.filter((other) => other !== name);
    const wanted = bestEpochs(run, name === null ? held : [...held, name]);
    return kept.every((other) => placeIn(other)[1] === 0) &&
      String(kept.map((other) => placeIn(other)[0]).sort(byNumber)) === String(wanted.sort(byNumber));
  });
  assert.ok(before, `${others} are kept beside ${held}; the best epochs are ${bestEpochs(run, held)}`);
}

const byNumber = (one: number, other: number) => one - other;

/** Returns the epochs with the best figure, as many as are kept, without those of the checkpoints in `held`. */
function bestEpochs(run: RunDirectory, held: readonly string[]): number[] {
  const { count, monitor, mode } = keepingOf(readRunConfig(run.config).options);
  const figures = readCheckpoint(join(run.checkpoints, "last")).snapshot.history[monitor] ?? [];
  const taken = new Set(held.filter((name) => placeIn(name)[1] === 0).map((name) => placeIn(name)[0]));
  return Array.from(figures, (figure, index) => ({ figure, epoch: index + 1 }))
    .flatMap(({ figure, epoch }) => figure === null || taken.has(epoch) ? [] : [{ figure, epoch }])
    // Of equal figures, the newest counts.
    .sort((one, other) => (mode === "max" ? -1 : 1) * (one.figure - other.figure) || other.epoch - one.epoch)
    .slice(0, count).map(({ epoch }) => epoch);
}
