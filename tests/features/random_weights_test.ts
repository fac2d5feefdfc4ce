import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { HeadlightError, TRY_AGAIN } from "../../src/errors.ts";
import { provisionEngine } from "../../src/engine/engines/provision.ts";
import {
  ensureRandomWeights,
  randomWeightsPath,
  type RandomWeightsRequest,
} from "../../src/features/random_weights.ts";
import { weightsHash } from "../../src/features/base/weights_hash.ts";
import { bases } from "../../src/bases/bases.ts";
import { checkKerasWeights, readKerasLayers } from "../../src/model/keras_file.ts";
import { cacheRoot } from "../../src/paths.ts";
import { CAN_MOUNT, MOUNTS, SmallDisk } from "../small_disk.ts";
import { needs, withTemporaryFolder } from "../support.ts";

const { files: engine } = await provisionEngine("tensorflow", { cacheRoot: cacheRoot(), onProgress: () => {} });

/** SqueezeNet at a small size, made in a second or two. */
function requestIn(folder: string, changed: Partial<RandomWeightsRequest> = {}): RandomWeightsRequest {
  return { base: "squeezenet11", size: 64, preprocess: "scale", engine, cacheRoot: folder, ...changed };
}

Deno.test("random weights are made once, fit the base, and two simultaneous requests get the same file", async () => {
  await withTemporaryFolder(async (folder) => {
    let starts = 0;
    const onStart = () => starts++;
    const [path, other] = await Promise.all([
      ensureRandomWeights(requestIn(folder), { onStart }),
      ensureRandomWeights(requestIn(folder), { onStart }),
    ]);
    assert.equal(path, other);
    assert.equal(await ensureRandomWeights(requestIn(folder), { onStart }), path);
    assert.equal(starts, 1);
    await checkKerasWeights(path, bases.squeezenet11.layers(64, "max"));
  });
});

Deno.test("a damaged file of random weights is made again with the same numbers", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = await ensureRandomWeights(requestIn(folder));
    const before = await readKerasLayers(path);
    const size = (await Deno.stat(path)).size;
    await Deno.truncate(path, size / 2);
    assert.equal(await ensureRandomWeights(requestIn(folder)), path);
    assert.deepEqual(await readKerasLayers(path), before);
  });
});

Deno.test("after a kill halfway the making of random weights starts again", async () => {
  await withTemporaryFolder(async (folder) => {
    let starts = 0;
    const path = await ensureRandomWeights(requestIn(folder), {
      onStart: (pid) => {
        if (++starts === 1) setTimeout(() => Deno.kill(pid, "SIGKILL"), 300);
      },
    });
    assert.equal(starts, 2);
    assert.match(await weightsHash(path), /^[0-9a-f]{64}$/);
  });
});

Deno.test("aborting stops the making of random weights and leaves no file that would be trusted", async () => {
  await withTemporaryFolder(async (folder) => {
    const abort = new AbortController();
    const options = { signal: abort.signal, onStart: () => void setTimeout(() => abort.abort(), 300) };
    await assert.rejects(ensureRandomWeights(requestIn(folder), options), { name: "AbortError" });
    const left = [...Deno.readDirSync(dirname(await randomWeightsPath(requestIn(folder))))].map(({ name }) => name);
    assert.deepEqual(left.filter((name) => name.endsWith(".sha256")), []);
  });
});

Deno.test("a place where random weights cannot be made is reported in one line with a remedy", async () => {
  const refusal = (line: RegExp) => (error: unknown) => {
    assert.ok(error instanceof HeadlightError, String(error));
    assert.match(error.message, line);
    return true;
  };
  await withTemporaryFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/weights`, "");
    await assert.rejects(
      ensureRandomWeights(requestIn(folder)),
      refusal(/^cannot make random weights in .*\/weights: File exists.*XDG_CACHE_HOME$/),
    );
  });
  await withTemporaryFolder(async (folder) => {
    // Only the extractor process notices this, after it has made the weights.
    Deno.mkdirSync(await randomWeightsPath(requestIn(folder)), { recursive: true });
    await assert.rejects(
      ensureRandomWeights(requestIn(folder), { log: "null" }),
      refusal(/^cannot write random weights to .*\/random-squeezenet11-.*\.h5: .*XDG_CACHE_HOME$/),
    );
  });
});

Deno.test({
  name: "a full disk while random weights are written is one line with exit status 75, and leaves no part of the file" +
    needs(MOUNTS),
  ignore: !CAN_MOUNT,
  async fn() {
    await using disk = await SmallDisk.open(4);
    for (const left of [0, 1_000_000]) {
      disk.fill(left);
      const error = await ensureRandomWeights(requestIn(disk.path), { log: "null" }).catch((error) => error);
      assert.ok(error instanceof HeadlightError, String(error));
      assert.match(
        error.message,
        /^cannot (write|make) random weights (to|in) [^\n]*\/weights[^\n]*: No space left on device\. Free some disk space, [^\n]*XDG_CACHE_HOME$/,
      );
      assert.equal(error.exitStatus, TRY_AGAIN);
      const folder = dirname(await randomWeightsPath(requestIn(disk.path)));
      const files = existsSync(folder) ? [...Deno.readDirSync(folder)] : [];
      assert.deepEqual(files.map(({ name }) => name).filter((name) => !name.endsWith(".lock")), []);
      disk.free();
    }
  },
});

const others: Record<string, Partial<RandomWeightsRequest>> = {
  base: { base: "densenet121" },
  size: { size: 65 },
  preprocessing: { preprocess: "imagenet" },
  "engine kind": { engine: { kind: "wasm", version: engine.version, device: "cpu" } },
  "device": { engine: { ...engine, device: "gpu" } },
  "engine version": { engine: { kind: "tensorflow", version: "1.0", addon: "", device: "cpu" } },
};

for (const [what, changed] of Object.entries(others)) {
  Deno.test(`random weights for a different ${what} are a different file`, async () => {
    assert.notEqual(await randomWeightsPath(requestIn("/c", changed)), await randomWeightsPath(requestIn("/c")));
  });
}
