/** An epoch whose batches have changed begins again, once. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointStore } from "../../../src/run/checkpoints/checkpoint_store.ts";
import { headOriginOf } from "../../../src/run/checkpoints/head_origin.ts";
import { newestCheckpoint } from "../../../src/run/checkpoints/newest_checkpoint.ts";
import type { RunDirectory } from "../../../src/run/folder/directory.ts";
import { readRunConfig, writeRunConfig } from "../../../src/run/folder/run_config.ts";
import type { AllowedChange } from "../../../src/run/resume/changes.ts";
import { Continuity } from "../../../src/run/resume/continuity.ts";
import { withTemporaryFolder } from "../../support.ts";
import { makeKilled, restored, stateAt } from "./resumable_run.ts";

const ID = "20261123-205501-squeezenet11-demo";

/** Resumes a run as the trainer does, up to the training. */
function resumed(run: RunDirectory, change: Record<string, unknown>) {
  const from = restored(run, change, ["batch", "shuffle_together", "monitor", "data"]);
  writeRunConfig(run.config, from.config);
  const continuity = new Continuity(run, from);
  const { options, resolved } = readRunConfig(run.config);
  assert.ok(resolved);
  const store = new CheckpointStore(run.checkpoints, headOriginOf(run.id, options, resolved), continuity.stored());
  return { continuity, store, snapshot: continuity.snapshot() };
}

/** Returns the state after so many batches of the epoch that has begun again: its weights are others. */
function stateInNew(epoch: number, step: number) {
  const state = stateAt(epoch, step);
  const weights = Object.fromEntries(
    Object.entries(state.weights).map(([name, values]) => [name, values.map((value) => value + 1)]),
  );
  return { ...state, weights };
}

Deno.test("in the middle of an epoch another batch size or order begins the epoch again, and other changes do not", async () => {
  await withTemporaryFolder((folder) => {
    const { run } = makeKilled(join(folder, ID), [[5, 0], [5, 2]]);
    assert.deepEqual(resumed(run, { monitor: "val_loss" }).snapshot, stateAt(5, 2));
    const { snapshot } = resumed(run, { batch: 16 });
    assert.deepEqual(snapshot, {
      ...stateAt(5, 2),
      step: 0,
      sums: { loss: 0, correct: 0, count: 0 },
      beginsAgain: true,
    });
    const other = makeKilled(join(folder, "other", ID), [[5, 0], [5, 2]]).run;
    assert.deepEqual(resumed(other, { shuffle_together: 64 }).snapshot, snapshot);
    // A second try, before anything new was saved.
    assert.deepEqual(resumed(run, { batch: 16 }).snapshot, snapshot);
  });
});

Deno.test("the epoch that has begun again is saved at the same batch under its own name, and goes on from there", async () => {
  await withTemporaryFolder((folder) => {
    const { run } = makeKilled(join(folder, ID), [[5, 0], [5, 2]]);
    const { store } = resumed(run, { batch: 16 });
    const { path } = store.save(stateInNew(5, 2), "last");
    assert.equal(path, join(run.checkpoints, "epoch-0005-step-0002-2"));
    assert.deepEqual(newestCheckpoint(run.checkpoints).sound?.snapshot, stateInNew(5, 2));
    // It is not at the place of the change any more, although its epoch and step are the same.
    assert.deepEqual(resumed(run, { batch: 16 }).snapshot, stateInNew(5, 2));
  });
});

Deno.test("at an epoch's end nothing has to begin again", async () => {
  await withTemporaryFolder((folder) => {
    const { run } = makeKilled(join(folder, ID), [[4, 0], [5, 0]]);
    const { snapshot, continuity } = resumed(run, { batch: 16 });
    assert.deepEqual(snapshot, stateAt(5));
    assert.deepEqual(continuity.notices, [
      "batch changed from 32 to 16 at epoch 6, so its weights are not those of an unchanged run",
    ]);
  });
});

Deno.test("changes that only the trainer finds are noted at the same place", async () => {
  await withTemporaryFolder((folder) => {
    const { run } = makeKilled(join(folder, ID), [[5, 0], [5, 2]]);
    const { continuity } = resumed(run, {});
    assert.equal(continuity.check([{ name: "data", from: "images 1", to: "images 2" }]).length, 1);
    assert.deepEqual(continuity.noted.changes?.map(({ name, epoch, step }) => [name, epoch, step]), [["data", 5, 2]]);
    assert.equal(continuity.snapshot()?.step, 0);
    assert.equal(continuity.stored()?.step, 0);
    // What follows from it is neither refused nor noted.
    const following = ["data", "features"].map((name) => ({ name, from: "1", to: "2" }));
    assert.deepEqual(continuity.check(following), []);
    assert.deepEqual(continuity.forgotten, ["features", "pixels"]);
    assert.equal(continuity.noted.changes?.length, 1);
    assert.throws(() => continuity.check([{ name: "seed", from: 1, to: 2 }]), /--seed changed from 1 to 2/);
  });
});

Deno.test("another number of threads that follows from the batch size needs no name of its own", async () => {
  await withTemporaryFolder((folder) => {
    const { run } = makeKilled(join(folder, ID), [[5, 0]]);
    const threads = [{ name: "threads", from: 2, to: 1 }] as const;
    assert.deepEqual(resumed(run, { batch: 16 }).continuity.check(threads), []);
    assert.throws(() => resumed(run, {}).continuity.check(threads), /threads changed from 2 to 1/);
  });
});

Deno.test("a run is unchanged until a change is allowed; more epochs are none", async () => {
  await withTemporaryFolder((folder) => {
    const { run } = makeKilled(join(folder, ID), [[5, 0]]);
    const isUnchanged = (...how: [Record<string, unknown>, ...AllowedChange[]]) => {
      const [change, ...allowed] = how;
      return new Continuity(run, restored(run, change, allowed)).isUnchanged;
    };
    assert.ok(!new Continuity(run, null).isUnchanged);
    assert.ok(isUnchanged({ epochs: 9, patience: 9, learning_rate: 0.1 }));
    // The trainer may still find other data.
    assert.ok(!isUnchanged({}, "data"));
    writeRunConfig(run.config, restored(run, { batch: 16 }, ["batch"]).config);
    assert.ok(!isUnchanged({}));
  });
});
