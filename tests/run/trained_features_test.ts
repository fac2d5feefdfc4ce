/** Checks that config.json records what a run was trained on: a digest of its rows, and what made them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { rowsInMemory } from "../../src/features/rows/feature_set.ts";
import { describeProcessor } from "../../src/features/rows/provenance.ts";
import { rowsDigest } from "../../src/features/rows/rows_digest.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, headlight } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { SMALL_RUN } from "./small_run.ts";

await tensorflowEngine();

async function trainedOn(folder: string, env: Record<string, string>, ...flags: string[]) {
  const runs = Deno.makeTempDirSync({ dir: folder });
  const { status, stderr } = await headlight(["train", ...SMALL_RUN, "--epochs", "1", "--runs", runs, ...flags], {
    env,
  });
  assert.equal(status, 0, stderr);
  const [run] = [...Deno.readDirSync(runs)];
  const { features } = readRunConfig(join(runs, run?.name ?? "", "config.json"));
  assert.ok(features);
  return features;
}

Deno.test("runs on the same rows have the same digest, computed or cached; another base, pooling or size changes it", async () => {
  await withTemporaryFolder(async (folder) => {
    const env = emptyFeatureCache(folder);
    const computed = await trainedOn(folder, env);
    assert.match(computed.sha256, /^[0-9a-f]{64}$/);
    const { processor } = describeProcessor({ threads: true });
    assert.deepEqual(computed.made_on.map((one) => one.processor), [processor]);
    // The head's own options change no row.
    assert.deepEqual(await trainedOn(folder, env, "--hidden", "20", "--seed", "5"), computed);
    const other = await trainedOn(folder, env, "--pooling", "avg");
    assert.notEqual(other.sha256, computed.sha256);
  });
});

Deno.test("the digest depends on every number, its place, its label and its part", async () => {
  const set = (...values: number[]) => ({
    rows: rowsInMemory(Float32Array.from(values), 2),
    labels: Int32Array.from({ length: values.length / 2 }, (_, row) => row),
  });
  const all = { train: set(1, 2, 3, 4), validation: set(5, 6) };
  const others = [
    { ...all, train: set(1, 2, 4, 3) },
    { ...all, train: set(3, 4, 1, 2) },
    { ...all, train: { ...all.train, labels: Int32Array.of(0, 2) } },
    { train: set(1, 2), validation: set(3, 4, 5, 6) },
    { ...all, train: { ...all.train, rows: rowsInMemory(Float32Array.of(1, 2, 3, 4), 1) } },
    { ...all, validation: set(5, -6) },
  ];
  assert.equal(new Set(await Promise.all([all, ...others].map(rowsDigest))).size, 1 + others.length);
  assert.equal(await rowsDigest({ train: set(1, 2, 3, 4), validation: set(5, 6) }), await rowsDigest(all));
});
