/** Folders of runs that were interrupted, made without any training. */
import { runOptionsSchema } from "../../../src/config.ts";
import type { EventBody } from "../../../src/events.ts";
import { byFigure } from "../../../src/metrics.ts";
import { CheckpointStore } from "../../../src/run/checkpoints/checkpoint_store.ts";
import { headOriginOf } from "../../../src/run/checkpoints/head_origin.ts";
import type { RunDirectory } from "../../../src/run/folder/directory.ts";
import { readRunConfig } from "../../../src/run/folder/run_config.ts";
import type { ResumeRequest } from "../../../src/run/resume/request.ts";
import { type Restored, restoreRun } from "../../../src/run/resume/restore.ts";
import { figuresOfEpochs, type History } from "../../../src/training/history.ts";
import type { TrainingSnapshot } from "../../../src/training/snapshot.ts";
import { madeUpHead } from "../../training/made_up.ts";
import { madeSnapshot } from "../checkpoints/made_checkpoint.ts";
import { figures, type MadeRun, makeRun } from "../made_run.ts";

const LAYERS = madeUpHead(4, { hidden: 3, classes: 2 });
const VAL_ACCURACY = [0.4, 0.6, 0.5, 0.55, 0.58];

/** Returns the history of the epochs that `makeRun` logs. */
export function historyOf(epochs: number): History {
  const rows = Array.from({ length: epochs }, (_, index) => figures(index + 1, VAL_ACCURACY[index] ?? NaN));
  return byFigure((name) => figuresOfEpochs(rows.map((row) => row[name])));
}

/** Returns the state at a place of that run. */
export function stateAt(epoch: number, step = 0): TrainingSnapshot {
  const sums = { loss: step * 32, correct: step, count: step * 32 };
  return { ...madeSnapshot(LAYERS), epoch, step, sums, history: historyOf(epoch) };
}

/** Makes a run of five epochs that was killed, with `last` checkpoints of these places. */
export function makeKilled(
  path: string,
  places: readonly (readonly [epoch: number, step: number])[] = [[4, 0], [5, 0]],
  made: MadeRun = {},
): { readonly run: RunDirectory; readonly store: CheckpointStore } {
  const then: EventBody[] = [];
  const run = makeRun(path, { valAccuracy: VAL_ACCURACY, then, ...made });
  Deno.removeSync(run.checkpoints, { recursive: true });
  const { options, resolved } = readRunConfig(run.config);
  if (resolved === null) throw new Error("the made run is prepared");
  const store = new CheckpointStore(run.checkpoints, headOriginOf(run.id, options, resolved));
  for (const [epoch, step] of places) store.save(stateAt(epoch, step), "last");
  return { run, store };
}

/** Restores a run with these options changed. */
export function restored(
  run: RunDirectory,
  change: Record<string, unknown> = {},
  allowed: ResumeRequest["allowed"] = [],
): Restored {
  const before = readRunConfig(run.config);
  const options = runOptionsSchema.parse({ ...before.options, ...change });
  return restoreRun(run, before, { options, allowed }, new Date("2026-11-24T12:00:00Z"));
}
