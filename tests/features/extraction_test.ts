import assert from "node:assert/strict";
import { FeatureCache } from "../../src/features/cache.ts";
import { type ExtractionPlan, features, keyShards } from "../../src/features/extraction.ts";
import type { FeatureShard } from "../../src/features/feature_set.ts";
import { shardKey } from "../../src/features/shard_key.ts";
import type { ShardRange } from "../../src/features/shards.ts";
import { sharedTest, withTemporaryFolder } from "../support.ts";
import { assertSameFeatures, collect, SMALL_PLAN_SHARDS, smallPlan } from "./small_set.ts";

/** Whether the process is gone (or a zombie that its parent has not looked at yet). */
function isGone(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return true;
  }
}

async function shardFile({ spec, dataset, cacheRoot }: ExtractionPlan, { part, from, to }: ShardRange) {
  return new FeatureCache(cacheRoot).path(shardKey(spec, await dataset[part].digest(from, to)));
}

/** A file written anew has another inode. */
async function shardInode(plan: ExtractionPlan, shard: ShardRange): Promise<number | null> {
  return (await Deno.stat(await shardFile(plan, shard))).ino;
}

sharedTest("all shards come in order, from the extractor first, from the cache without a process then", async () => {
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    const pids: number[] = [];
    const onStart = (pid: number) => pids.push(pid);
    const first = await collect(features(plan, { onStart }));
    assert.deepEqual(
      first.map(({ part, from, to }) => `${part} ${from} ${to}`),
      [
        ...["train 0 32", "train 32 64", "train 64 96", "train 96 128", "train 128 160", "train 160 192"],
        ...["train 192 200", "validation 0 32", "validation 32 64", "validation 64 70"],
      ],
    );
    assert.ok(first.every(({ cached, width, features }) => !cached && width === 512 && features.some((x) => x > 0)));
    assert.equal(pids.length, 1);
    const again = await collect(features(plan, { onStart }));
    assert.ok(again.every(({ cached }) => cached));
    assert.equal(pids.length, 1, "a process was started with everything cached");
    assertSameFeatures(again, first);
  });
});

sharedTest("killed half-way, the extraction goes on with identical features and loses at most a shard", async () => {
  const uninterrupted = await withTemporaryFolder(async (folder) => await collect(features(await smallPlan(folder))));
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    const pids: number[] = [];
    const found: FeatureShard[] = [];
    const inodes: (number | null)[] = [];
    for await (const shard of features(plan, { onStart: (pid) => pids.push(pid) })) {
      found.push(shard);
      inodes.push(await shardInode(plan, shard));
      if (found.length === 2 || found.length === 7) Deno.kill(pids.at(-1) ?? 0, "SIGKILL");
    }
    assert.equal(pids.length, 3, "one start and one restart for each kill");
    assertSameFeatures(found, uninterrupted);
    assert.deepEqual(
      await Promise.all(found.map((shard) => shardInode(plan, shard))),
      inodes,
      "a finished shard was extracted again",
    );
  });
});

sharedTest("left in the middle, an extraction is taken up by the next one where the cache ends", async () => {
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    let seen = 0;
    for await (const _ of features(plan)) if (++seen === 4) break;
    const next = await collect(features(plan));
    const cached = next.filter((shard) => shard.cached).length;
    assert.ok(cached >= 4 && cached < SMALL_PLAN_SHARDS, `${cached} shards were cached`);
    assert.ok(next.slice(0, cached).every((shard) => shard.cached));
  });
});

sharedTest("an extractor that always dies is restarted three times, then the error names trainer.log", async () => {
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

sharedTest("aborting kills the extractor and ends the iteration without an error, in less than 200 ms", async () => {
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    const abort = new AbortController();
    let pid = 0, abortedAt = 0, seen = 0;
    for await (const _ of features(plan, { signal: abort.signal, onStart: (started) => pid = started })) {
      if (++seen !== 2) continue;
      setTimeout(() => {
        abortedAt = performance.now();
        abort.abort();
      }, 20);
    }
    const took = performance.now() - abortedAt;
    assert.ok(abortedAt > 0 && took < 200, `took ${took} ms`);
    assert.ok(seen < SMALL_PLAN_SHARDS);
    assert.ok(isGone(pid));
  });
});

sharedTest("a broken shard is extracted again, the others are not", async () => {
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    const first = await collect(features(plan));
    await Deno.truncate(await shardFile(plan, { part: "train", from: 32, to: 64 }), 1000);
    const again = await collect(features(plan));
    assert.deepEqual(again.map(({ cached }) => cached), first.map((_, index) => index !== 1));
    assertSameFeatures(again, first);
  });
});

sharedTest("pictures that change under way are refused, never mixed with features of the old ones", async () => {
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    const path = `${folder}/train_images.npy`;
    const file = await Deno.readFile(path);
    // A pixel of the second shard; the plan has the data set open already.
    const changed = file.with(128 + 40 * 64 * 64 * 3, 255 - (file[128 + 40 * 64 * 64 * 3] ?? 0));
    const onStart = () => Deno.writeFileSync(path, changed);
    await assert.rejects(collect(features(plan, { onStart })), {
      name: "HeadlightError",
      exitStatus: 1,
      message: "pictures 32 to 63 of train have changed since the run was set up: start a new run",
    });
  });
});

sharedTest("weights that are no longer those of the run are refused", async () => {
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    const path = `${folder}/weights.h5`;
    await Deno.copyFile(plan.spec.weights.path, path);
    await Deno.truncate(path, 100_000);
    const spec = { ...plan.spec, weights: { ...plan.spec.weights, path } };
    await assert.rejects(collect(features({ ...plan, spec })), {
      name: "HeadlightError",
      message: `${path} has changed since the run was set up: start a new run`,
    });
  });
});

sharedTest("the keys come first where they are asked for, and extraction takes them as they are", async () => {
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    const told: number[] = [];
    const shards = await keyShards(plan, { onProgress: (done) => told.push(done) });
    assert.ok(shards);
    assert.equal(shards.length, SMALL_PLAN_SHARDS);
    assert.deepEqual([told[0], told.at(-1)], [32, 270]);
    const first = await collect(features({ ...plan, shards }));
    const again = await collect(features(plan));
    assert.ok(again.every(({ cached }) => cached), "other keys were asked for");
    assertSameFeatures(again, first);
    assert.equal(await keyShards(plan, { signal: AbortSignal.abort() }), null);
  });
});

sharedTest(
  "two who need the same shards compute each of them once, also when one is killed in the middle",
  async () => {
    await withTemporaryFolder(async (folder) => {
      const plan = await smallPlan(folder);
      const writes = new Map<string, Set<number>>();
      const watch = async (killAt: number) => {
        const pids: number[] = [];
        const found: FeatureShard[] = [];
        for await (const shard of features(plan, { onStart: (pid) => pids.push(pid) })) {
          found.push(shard);
          const file = await shardFile(plan, shard);
          const inode = (await Deno.stat(file)).ino ?? 0;
          writes.set(file, (writes.get(file) ?? new Set()).add(inode));
          if (found.length === killAt) Deno.kill(pids.at(-1) ?? 0, "SIGKILL");
        }
        return found;
      };
      const [one, other] = await Promise.all([watch(4), watch(Infinity)]);
      assertSameFeatures(one, other);
      assert.equal(writes.size, SMALL_PLAN_SHARDS);
      // A file written anew has another inode.
      assert.ok([...writes.values()].every((inodes) => inodes.size === 1), "a shard was computed twice");
    });
  },
);
