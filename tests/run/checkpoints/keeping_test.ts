/** Tests which checkpoints are kept for their figure (`--keep`). */
import assert from "node:assert/strict";
import { Sequence } from "../../../src/sequence.ts";
import { join } from "node:path";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { checkpointName, checkpointNames, KEPT_MARK } from "../../../src/run/checkpoints/checkpoint_names.ts";
import { CheckpointStore } from "../../../src/run/checkpoints/checkpoint_store.ts";
import { bestNames, type Keeping } from "../../../src/run/checkpoints/keeping.ts";
import { newestCheckpoint } from "../../../src/run/checkpoints/newest_checkpoint.ts";
import { bestIndex, byClassFigure, byFigure, type Direction } from "../../../src/metrics.ts";
import type { History } from "../../../src/training/history.ts";
import { stream } from "../../../src/training/random.ts";
import type { TrainingSnapshot } from "../../../src/training/snapshot.ts";
import { withTemporaryFolder } from "../../support.ts";
import { LAYERS, madeSnapshot, PROVENANCE } from "./made_checkpoint.ts";

/** Returns a history in which every figure has these values. */
function historyOf(values: readonly (number | null)[]): History {
  return { ...byFigure(() => Sequence.of(values)), ...byClassFigure(() => Sequence.of(values)) };
}

function keeping(count: number, mode: Direction = "max"): Keeping {
  return { count, monitor: "val_accuracy", mode };
}

const SNAPSHOT = madeSnapshot(LAYERS);

function at(values: readonly (number | null)[], step = 0): TrainingSnapshot {
  return { ...SNAPSHOT, epoch: values.length, step, history: historyOf(values) };
}

/** Saves what a training with these figures saves at its ends of epochs, from epoch `first` on. */
function trainOn(store: CheckpointStore, values: readonly (number | null)[], mode: Direction, first = 1): void {
  for (let epoch = first; epoch <= values.length; epoch++) {
    const soFar = values.slice(0, epoch);
    if (bestIndex(Sequence.of(soFar), mode) === epoch - 1) store.save(at(soFar), "best");
    else if (store.wouldKeep(historyOf(soFar))) store.save(at(soFar), "last");
    // The timer saves within epochs, too.
    if (epoch % 2 === 0) store.save(at(soFar, 1), "last");
  }
}

function open(folder: string, kept: Keeping): CheckpointStore {
  return new CheckpointStore(folder, PROVENANCE, newestCheckpoint(folder).sound?.stored, kept);
}

function names(folder: string): string[] {
  return checkpointNames(folder).sort();
}

Deno.test("of checkpoints at ends of epochs, those with the best figure are kept; of equal ones the newest", () => {
  const named = [1, 2, 3, 4, 5].map((epoch) => checkpointName(epoch, 0));
  const history = historyOf([0.5, 0.7, 0.6, 0.7, null]);
  const kept = (count: number, mode: Direction = "max") => bestNames(named, history, keeping(count, mode));
  assert.deepEqual(kept(0), []);
  assert.deepEqual(kept(1), ["epoch-0004"]);
  assert.deepEqual(kept(3), ["epoch-0004", "epoch-0002", "epoch-0003"]);
  assert.deepEqual(kept(9), ["epoch-0004", "epoch-0002", "epoch-0003", "epoch-0001"]);
  assert.deepEqual(kept(2, "min"), ["epoch-0001", "epoch-0003"]);
  // Within an epoch nothing was measured, a later epoch has no figure, and a second attempt at an epoch replaces it.
  const odd = ["epoch-0002-step-0003", "epoch-0009", "epoch-0002", "epoch-0002-2"];
  assert.deepEqual(bestNames(odd, history, keeping(9)), ["epoch-0002-2"]);
});

Deno.test("--keep 2 keeps two checkpoints beside best, last, the one before it and requested ones", async () => {
  await withTemporaryFolder((folder) => {
    const store = new CheckpointStore(folder, PROVENANCE, null, keeping(2));
    const values = [0.1, 0.2, 0.9, 0.5, 0.6, 0.3, 0.7, 0.4];
    store.save(at(values.slice(0, 1)), "manual");
    trainOn(store, values, "max");
    // Epoch 7 is the one before last, so it does not count.
    assert.deepEqual(store.kept?.map(({ epoch }) => epoch), [5, 4]);
    const kept = ["epoch-0004", "epoch-0005"];
    assert.deepEqual(names(folder), ["epoch-0001", "epoch-0003", ...kept, "epoch-0007", "epoch-0008-step-0001"]);
    store.save(at(values, 2), "last");
    assert.deepEqual(store.kept?.map(({ epoch }) => epoch), [7, 5]);
    assert.ok(store.kept?.every(({ bytes }) => bytes > 1000));
    assert.equal(Deno.readLinkSync(join(folder, "best")), "epoch-0003");
    assert.ok(Deno.statSync(join(folder, "epoch-0001", KEPT_MARK)).isFile);
  });
});

Deno.test("without --keep nothing else is written or kept", async () => {
  await withTemporaryFolder((folder) => {
    const store = new CheckpointStore(folder, PROVENANCE);
    trainOn(store, [0.1, 0.9, 0.5, 0.6, 0.7], "max");
    assert.equal(store.kept, null);
    assert.deepEqual(names(folder), ["epoch-0002", "epoch-0002-step-0001", "epoch-0004-step-0001"]);
  });
});

Deno.test("over 25 random trainings, cut and resumed, the kept ones are the best of those that nothing else keeps", async () => {
  const random = stream(16, "keeping");
  for (let round = 0; round < 25; round++) {
    const mode = uniformInt(random, 0, 1) === 0 ? "max" : "min";
    const count = uniformInt(random, 1, 3);
    // Few different values, so that there are ties.
    const values = Array.from({ length: uniformInt(random, 2, 9) }, () => {
      const value = uniformInt(random, 0, 6);
      return value === 6 ? null : value / 10;
    });
    const cut = uniformInt(random, 1, values.length);
    await withTemporaryFolder((folder) => {
      trainOn(open(folder, keeping(count, mode)), values.slice(0, cut), mode);
      const restored = newestCheckpoint(folder).sound;
      const store = open(folder, keeping(count, mode));
      trainOn(store, values, mode, (restored?.snapshot.epoch ?? 0) + 1);
      store.save(at(values, 2), "last");
      store.save(at(values, 3), "last");
      // Nothing at an end of an epoch is last or the one before it now, so all but the best one must be kept for its figure.
      const best = bestIndex(Sequence.of(values), mode);
      const expected = values.map((value, index) => ({ value, epoch: index + 1 }))
        .filter(({ value, epoch }) => value !== null && epoch - 1 !== best)
        .sort((one, other) =>
          (mode === "max" ? 1 : -1) * ((other.value ?? 0) - (one.value ?? 0)) || other.epoch - one.epoch
        )
        .slice(0, count).map(({ epoch }) => epoch);
      assert.deepEqual(
        store.kept?.map(({ epoch }) => epoch),
        expected,
        `${mode} ${count} ${JSON.stringify(values)} ${cut}`,
      );
      assert.deepEqual(
        names(folder).filter((name) => !name.includes("step")),
        [...expected, ...(best === null ? [] : [best + 1])].sort((a, b) => a - b).map((epoch) =>
          checkpointName(epoch, 0)
        ),
      );
    });
  }
});

Deno.test("a checkpoint that is deleted is never seen with only some of its files", async () => {
  await withTemporaryFolder((folder) => {
    const store = new CheckpointStore(folder, PROVENANCE);
    const seen = new Set<number>();
    const remove = Deno.removeSync;
    // Looks at the folder of checkpoints right before each removal.
    Deno.removeSync = (path, options) => {
      for (const name of checkpointNames(folder)) seen.add([...Deno.readDirSync(join(folder, name))].length);
      assert.ok(String(path).endsWith(".aside"), String(path));
      remove(path, options);
    };
    try {
      trainOn(store, [0.1, 0.2, 0.3, 0.4], "max");
    } finally {
      Deno.removeSync = remove;
    }
    assert.deepEqual([...seen], [6]);
  });
});
