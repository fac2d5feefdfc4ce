import assert from "node:assert/strict";
import { join } from "node:path";
import { openDataSource } from "../../src/data/open.ts";
import { type ExtractionPlan, features } from "../../src/features/extraction.ts";
import { findImages } from "../../src/features/found_images.ts";
import type { FeatureBatch } from "../../src/features/rows/feature_set.ts";
import { tryLock } from "../../src/files/lock.ts";
import { withTemporaryFolder } from "../support.ts";
import {
  assertSameFeatures,
  collect,
  counts,
  digestsIn,
  SMALL_PLAN_BATCHES,
  SMALL_PLAN_IMAGES,
  smallPlan,
  storeOf,
} from "./small_set.ts";

/** Returns whether the process has exited, or is a zombie whose parent has not waited for it yet. */
function isGone(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return true;
  }
}

/** Returns the digests of rows that are in the store more than once because they were computed again. */
function twice(plan: ExtractionPlan): string[] {
  const all = digestsIn(storeOf(plan));
  return all.filter((digest, place) => all.indexOf(digest) < place);
}

/**
 * Asserts that no image was computed again. An extractor merges segments in its own process, and meanwhile a row can be
 * in two of them, so nothing is asserted during a merge.
 */
function assertOnce(plan: ExtractionPlan): void {
  const noMerge = tryLock(join(storeOf(plan).folder, ".merge"));
  if (!noMerge) return;
  try {
    assert.deepEqual(twice(plan), [], "an image was computed twice");
  } finally {
    noMerge.release();
  }
}

Deno.test("all images come in order, first from the extractor and then from the cache without a process", async () => {
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    const pids: number[] = [];
    const onStart = (pid: number) => pids.push(pid);
    const first = await collect(features(plan, { onStart }));
    assert.deepEqual(
      first.map(({ part, indices }) => `${part} ${indices[0]} ${indices.at(-1)}`),
      [
        ...["train 0 31", "train 32 63", "train 64 95", "train 96 127", "train 128 159", "train 160 191"],
        ...["train 192 199", "validation 0 31", "validation 32 63", "validation 64 69"],
      ],
    );
    assert.ok(first.every(({ width, features }) => width === 512 && features.some((x) => x > 0)));
    assert.deepEqual(counts(first), { cached: 0, computed: SMALL_PLAN_IMAGES });
    assert.equal(pids.length, 1);
    const again = await collect(features(plan, { onStart }));
    assert.deepEqual(counts(again), { cached: SMALL_PLAN_IMAGES, computed: 0 });
    assert.equal(pids.length, 1, "a process was started with everything cached");
    assertSameFeatures(again, first);
  });
});

Deno.test("after the extractor is killed halfway, features are identical and at most one batch is lost", async () => {
  const uninterrupted = await withTemporaryFolder(async (folder) => await collect(features(await smallPlan(folder))));
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    const pids: number[] = [];
    const found: FeatureBatch[] = [];
    for await (const batch of features(plan, { onStart: (pid) => pids.push(pid) })) {
      found.push(batch);
      assertOnce(plan);
      if (found.length === 2 || found.length === 7) Deno.kill(pids.at(-1) ?? 0, "SIGKILL");
    }
    assert.equal(pids.length, 3, "one start and one restart for each kill");
    assertSameFeatures(found, uninterrupted);
  });
});

Deno.test("an extraction left halfway is continued by the next one where the cache ends", async () => {
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    let seen = 0;
    for await (const _ of features(plan)) if (++seen === 4) break;
    const { cached, computed } = counts(await collect(features(plan)));
    assert.ok(cached >= 4 * 32 && computed > 0, `${cached} were cached`);
    assert.equal(cached + computed, SMALL_PLAN_IMAGES);
  });
});

Deno.test(
  "one extractor after another computes more images than fit one job, and none counts as lost",
  async () => {
    await withTemporaryFolder(async (folder) => {
      const plan = { ...await smallPlan(folder), imagesPerJob: 100 };
      let starts = 0;
      const onLost = () => assert.fail("no extractor was lost");
      const found = await collect(features(plan, { onStart: () => starts++, onLost }));
      assert.equal(starts, 3);
      assert.deepEqual(counts(found), { cached: 0, computed: SMALL_PLAN_IMAGES });
      assert.deepEqual(twice(plan), []);
    });
  },
);

Deno.test("an extractor that always crashes is restarted three times, then the error names trainer.log", async () => {
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    let starts = 0;
    const onStart = (pid: number) => {
      starts++;
      Deno.kill(pid, "SIGKILL");
    };
    await assert.rejects(collect(features(plan, { onStart })), { name: "HeadlightError", message: /trainer\.log/ });
    assert.equal(starts, 1 + 3);
  });
});

Deno.test("aborting kills the extractor and ends the iteration without an error and without waiting for it", async () => {
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    const abort = new AbortController();
    let pid = 0, seen = 0;
    for await (const _ of features(plan, { signal: abort.signal, onStart: (started) => pid = started })) {
      if (++seen !== 1) continue;
      // A stopped extractor never finishes by itself, so the iteration ends only if the abort kills the extractor.
      Deno.kill(pid, "SIGSTOP");
      setTimeout(() => abort.abort(), 20);
    }
    assert.ok(abort.signal.aborted && seen < SMALL_PLAN_BATCHES);
    assert.ok(isGone(pid));
  });
});

Deno.test("damaged rows are computed again, but not the other rows of their segment", async () => {
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    const first = await collect(features(plan));
    const [name = "", ...more] = storeOf(plan).names();
    assert.deepEqual(more, [], "the segments of an extraction are merged");
    const path = join(storeOf(plan).folder, name);
    const file = Deno.readFileSync(path);
    // This byte is in the last block of rows, which has 14 of the 270.
    Deno.writeFileSync(path, file.with(file.length - 100, (file.at(-100) ?? 0) ^ 1));
    const again = await collect(features(plan));
    assert.deepEqual(counts(again), { cached: 256, computed: 14 });
    assertSameFeatures(again, first);
    assert.deepEqual(counts(await collect(features(plan))), { cached: SMALL_PLAN_IMAGES, computed: 0 });
  });
});

Deno.test("images that change during extraction are refused, never mixed with features of the old ones", async () => {
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    const path = `${folder}/train_images.npy`;
    const file = await Deno.readFile(path);
    // A pixel of the second batch. The plan already has the data set open.
    const changed = file.with(128 + 40 * 64 * 64 * 3, 255 - (file[128 + 40 * 64 * 64 * 3] ?? 0));
    const onStart = () => Deno.writeFileSync(path, changed);
    await assert.rejects(collect(features(plan, { onStart })), {
      name: "HeadlightError",
      exitStatus: 1,
      message: "image 40 of train has changed since the run was set up. Start a new run",
    });
    const next = { ...plan, dataset: await openDataSource(plan.spec.data, plan.spec.size) };
    assert.equal((await collect(features(next))).flatMap(({ indices }) => indices).length, SMALL_PLAN_IMAGES);
  });
});

Deno.test("weights that changed since the run was set up are refused", async () => {
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    const path = `${folder}/weights.h5`;
    await Deno.copyFile(plan.spec.weights.path, path);
    await Deno.truncate(path, 100_000);
    const spec = { ...plan.spec, weights: { ...plan.spec.weights, path } };
    await assert.rejects(collect(features({ ...plan, spec })), {
      name: "HeadlightError",
      message: `${path} has changed since the run was set up. Put the old file back, or start a new run`,
    });
  });
});

Deno.test("digests computed beforehand are used by the extraction as they are", async () => {
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    const told: number[] = [];
    const images = await findImages(plan, { onProgress: (done) => told.push(done) });
    assert.ok(images);
    assert.equal(images.rows.missing().length, SMALL_PLAN_IMAGES);
    assert.deepEqual([told[0], told.at(-1)], [32, SMALL_PLAN_IMAGES]);
    const first = await collect(features({ ...plan, images }));
    const again = await collect(features(plan));
    assert.equal(counts(again).computed, 0, "other rows were asked for");
    assertSameFeatures(again, first);
    assert.equal(await findImages(plan, { signal: AbortSignal.abort() }), null);
  });
});

Deno.test("two extractions of the same images compute each once, even when one is killed halfway", async () => {
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    const take = async (killAt: number, onStart: () => void = () => {}) => {
      const pids: number[] = [];
      const found: FeatureBatch[] = [];
      const started = (pid: number) => {
        pids.push(pid);
        onStart();
      };
      for await (const batch of features(plan, { onStart: started })) {
        found.push(batch);
        assertOnce(plan);
        const pid = pids.at(-1);
        if (found.length !== killAt) continue;
        assert.ok(pid !== undefined, "no extractor to kill");
        Deno.kill(pid, "SIGKILL");
      }
      return found;
    };
    const first = Promise.withResolvers<void>();
    const killed = take(4, first.resolve);
    // The other one starts later, so it cannot compute everything before there is an extractor to kill.
    const later = Promise.race([first.promise, killed]).then(() => take(Infinity));
    const [one, other] = await Promise.all([killed, later]);
    assertSameFeatures(one, other);
  });
});
