import assert from "node:assert/strict";
import { dirname } from "node:path";
import { decodeNpy } from "../../src/data/npy.ts";
import { FeatureCache } from "../../src/features/cache.ts";
import { withTemporaryFolder } from "../support.ts";

const KEY = "ab" + "cd".repeat(31);
const SHARD = { features: Float32Array.of(1, -2, 0.5, 3e-9, 4, 5), rows: 2, width: 3 };

function withCache(body: (cache: FeatureCache) => void): Promise<void> {
  return withTemporaryFolder((folder) => body(new FeatureCache(folder)));
}

Deno.test("what was written is read back, bit for bit", async () => {
  await withCache((cache) => {
    assert.equal(cache.read(KEY, 2), null);
    cache.write(KEY, SHARD);
    assert.deepEqual(cache.read(KEY, 2), SHARD);
    assert.ok(cache.path(KEY).endsWith(`/features/ab/${KEY}.npy`));
  });
});

Deno.test("a shard file is a .npy with 32 bytes behind it, and nothing else lies in the folder", async () => {
  await withCache((cache) => {
    cache.write(KEY, SHARD);
    const file = Deno.readFileSync(cache.path(KEY));
    const { dtype, shape, data } = decodeNpy(file, "shard");
    assert.deepEqual({ dtype, shape, data }, { dtype: "float32", shape: [2, 3], data: SHARD.features });
    assert.equal(file.length, 128 + 6 * 4 + 32);
    assert.deepEqual([...Deno.readDirSync(dirname(cache.path(KEY)))].map(({ name }) => name), [`${KEY}.npy`]);
  });
});

const damages: Record<string, (file: Uint8Array) => Uint8Array> = {
  "one bit of a feature flipped": (file) => file.with(130, (file[130] ?? 0) ^ 1),
  "one bit of the check sum flipped": (file) => file.with(file.length - 1, (file.at(-1) ?? 0) ^ 1),
  "cut short by one byte": (file) => file.subarray(0, -1),
  "cut short to its check sum's length": (file) => file.subarray(0, 31),
  "without its check sum": (file) => file.subarray(0, -32),
  "empty": () => new Uint8Array(0),
  "of the right length but zeros": (file) => new Uint8Array(file.length),
};

for (const [damage, change] of Object.entries(damages)) {
  Deno.test(`a shard file ${damage} is as good as not there, and is replaced`, async () => {
    await withCache((cache) => {
      cache.write(KEY, SHARD);
      Deno.writeFileSync(cache.path(KEY), change(Deno.readFileSync(cache.path(KEY))));
      assert.equal(cache.read(KEY, 2), null);
      cache.write(KEY, SHARD);
      assert.deepEqual(cache.read(KEY, 2), SHARD);
    });
  });
}

Deno.test("a shard of another number of pictures is as good as not there", async () => {
  await withCache((cache) => {
    cache.write(KEY, SHARD);
    assert.equal(cache.read(KEY, 3), null);
  });
});

Deno.test("a cache that can be neither written nor read is one line that says where and what to do", async () => {
  await withCache((cache) => {
    // A file where the folder would be: unlike a read-only folder, an obstacle to root too.
    Deno.writeTextFileSync(`${cache.root}/features`, "");
    for (
      const [use, line] of [
        [() => cache.write(KEY, SHARD), /^cannot write features to .*\/features: .*XDG_CACHE_HOME$/],
        [() => cache.read(KEY, 2), /^cannot read features from .*\/features: .*XDG_CACHE_HOME$/],
      ] as const
    ) {
      assert.throws(use, (error) => {
        assert.ok(error instanceof Error && error.name === "HeadlightError", String(error));
        assert.match(error.message, line);
        return true;
      });
    }
  });
});

Deno.test("what is asked for while it is computed is computed once", async () => {
  await withTemporaryFolder(async (root) => {
    const key = "ab".repeat(32);
    let computed = 0;
    const compute = async () => {
      computed++;
      await new Promise((resolve) => setTimeout(resolve, 60));
      return { features: Float32Array.of(computed, 2), rows: 1, width: 2 };
    };
    const asked = Array.from({ length: 4 }, () => new FeatureCache(root).computeOnce(key, 1, compute));
    for (const { features } of await Promise.all(asked)) assert.deepEqual([...features], [1, 2]);
    assert.equal(computed, 1);
  });
});

Deno.test("what could not be computed is computed by the next who asks", async () => {
  await withTemporaryFolder(async (root) => {
    const cache = new FeatureCache(root);
    const key = "ab".repeat(32);
    const fails = () => Promise.reject(new Error("no"));
    await assert.rejects(cache.computeOnce(key, 1, fails), /no/);
    const features = { features: Float32Array.of(1), rows: 1, width: 1 };
    assert.deepEqual(await cache.computeOnce(key, 1, () => Promise.resolve(features)), features);
  });
});
