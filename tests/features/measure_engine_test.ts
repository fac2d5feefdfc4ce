import assert from "node:assert/strict";
import { join } from "node:path";
import { provisionEngine } from "../../src/engine/engines/provision.ts";
import { computesBfloat16, processorFeatures, readCpuinfo } from "../../src/engine/processor.ts";
import { runExtractor } from "../../src/features/extractor_process.ts";
import { measureEngine } from "../../src/features/measure_engine.ts";
import { listSpeeds } from "../../src/features/speeds/speed_store.ts";
import { ensureRandomWeights } from "../../src/features/random_weights.ts";
import { fileHash } from "../../src/files/hash.ts";
import { cacheRoot } from "../../src/paths.ts";
import { needs, withTemporaryFolder } from "../support.ts";

async function filesOf(kind: "tensorflow" | "wasm") {
  return (await provisionEngine(kind, { cacheRoot: cacheRoot(), onProgress: () => {} })).files;
}

const ABLE = computesBfloat16(processorFeatures(readCpuinfo()));

Deno.test({
  name: `a base that bfloat16 would change too much has no speed in bfloat16${ABLE ? "" : needs("bfloat16")}`,
  ignore: !ABLE,
  async fn() {
    await withTemporaryFolder(async (root) => {
      const engine = await filesOf("tensorflow");
      const facts = { base: "mobilenet_v2", size: 32, preprocess: "scale", engine } as const;
      const path = await ensureRandomWeights({ ...facts, cacheRoot: root }, { log: "null" });
      const weights = { kind: "file", path, sha256: await fileHash(path, "sha256") } as const;
      const spec = { ...facts, pooling: "max", precision: "bfloat16", weights, batchSize: 8 } as const;
      const reports = [];
      for await (const report of runExtractor({ kind: "measure_speed", spec, cacheRoot: root }, { log: "null" })) {
        reports.push(report);
      }
      const [report] = reports;
      assert.equal(report?.type, "failed");
      assert.match(report.line, /^mobilenet_v2 is computed in float32, not in bfloat16: /);
    });
  },
});

Deno.test("an engine that cannot be loaded is an error of one line, and no speed is kept", async () => {
  await withTemporaryFolder(async (root) => {
    const engine = { ...await filesOf("wasm"), version: "1.0.0" };
    await assert.rejects(measureEngine({ engine, precision: "float32", cacheRoot: root }), {
      name: "HeadlightError",
      message: /^WebAssembly 1\.0\.0 was set up but .* was loaded\. Start a new run\.$/,
    });
    assert.deepEqual(listSpeeds(root), []);
  });
});

Deno.test("a cache that cannot take a speed is an error of one line with a remedy", async () => {
  await withTemporaryFolder(async (root) => {
    Deno.writeTextFileSync(join(root, "speeds"), "");
    await assert.rejects(measureEngine({ engine: await filesOf("wasm"), precision: "float32", cacheRoot: root }), {
      name: "HeadlightError",
      message: /^cannot write to .*speeds: [^\n]*XDG_CACHE_HOME$/,
      exitStatus: 1,
    });
  });
});

Deno.test("a measurement is ended by its signal, and no speed is kept", async () => {
  await withTemporaryFolder(async (root) => {
    const control = new AbortController();
    const work = measureEngine({
      engine: await filesOf("wasm"),
      precision: "float32",
      cacheRoot: root,
      signal: control.signal,
    });
    setTimeout(() => control.abort(), 500);
    await assert.rejects(work, { name: "AbortError" });
    assert.deepEqual(listSpeeds(root), []);
  });
});
