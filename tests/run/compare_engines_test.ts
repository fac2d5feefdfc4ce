import assert from "node:assert/strict";
import { join } from "node:path";
import { provisionEngine } from "../../src/engine/engines/provision.ts";
import type { Workload } from "../../src/engine/engines/worthwhile.ts";
import { weightsHash } from "../../src/features/base/weights_hash.ts";
import { ensureRandomWeights } from "../../src/features/random_weights.ts";
import { fastestHere } from "../../src/features/speeds/fastest.ts";
import { listSpeeds } from "../../src/features/speeds/speed_store.ts";
import { compareEngines, type CompareRequest } from "../../src/run/compare_engines.ts";
import { openvinoEngine } from "../engine.ts";
import { emptyFeatureCache } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";

await openvinoEngine();

/** A processor on which OpenVINO saves much time with this much data, as far as was measured. */
const LARGE: Workload = { images: 1e7, macs: 1e9, precision: "float32", features: ["AMX_BF16"], cores: 2 };
const SMALL: Workload = { ...LARGE, images: 10 };

async function withRequest(
  workload: Workload,
  body: (request: CompareRequest, said: readonly string[]) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    emptyFeatureCache(folder);
    const cacheRoot = join(folder, "headlight");
    const said: string[] = [];
    const onProgress = ({ label }: { label: string }) => said.push(label);
    const signal = new AbortController().signal;
    const { files: engine } = await provisionEngine("tensorflow", { cacheRoot, onProgress });
    const facts = { base: "squeezenet11", size: 64, preprocess: "scale" } as const;
    const path = await ensureRandomWeights({ ...facts, engine, cacheRoot }, { log: "null" });
    said.length = 0;
    const own = { ...facts, pooling: "max", weights: { path, sha256: await weightsHash(path) } } as const;
    await body({ engine, workload, own, cacheRoot, onProgress, signal }, said);
  });
}

Deno.test("before a large computation auto measures the two engines with the run's base, and can choose by that", () =>
  withRequest(LARGE, async (request, said) => {
    assert.deepEqual(await compareEngines(request), { isComplete: true, notices: [] });
    assert.deepEqual(said, ["measuring TensorFlow", "measuring OpenVINO"]);
    const { cacheRoot } = request;
    const speeds = listSpeeds(cacheRoot).map(({ engine, base, size }) => [engine.kind, base, size]);
    assert.deepEqual(speeds.toSorted(), [["openvino", "squeezenet11", 64], ["tensorflow", "squeezenet11", 64]]);
    const subject = { base: "squeezenet11", size: 64 };
    const { figures } = await fastestHere({ cacheRoot, precision: "float32", subject });
    assert.match(figures ?? "", /^Images per second with squeezenet11 at 64 in float32, measured here: /);
  }));

Deno.test("before a small computation, and without a second engine, nothing is measured", async () => {
  await withRequest(SMALL, async (request, said) => {
    assert.deepEqual(await compareEngines(request), { isComplete: false, notices: [] });
    const elsewhere = { ...request, workload: LARGE, cacheRoot: join(request.cacheRoot, "empty") };
    assert.deepEqual(await compareEngines(elsewhere), { isComplete: false, notices: [] });
    assert.deepEqual(said, []);
  });
});

Deno.test("an engine that cannot be measured is a notice, and a stopped measurement ends with the signal's reason", () =>
  withRequest(LARGE, async (request) => {
    const engine = { ...request.engine, version: "1.0.0" };
    const { isComplete, notices } = await compareEngines({ ...request, engine });
    assert.equal(isComplete, false);
    assert.match(notices.join("\n"), /^TensorFlow was not measured: TensorFlow 1\.0\.0 was set up but .* was loaded\./);
    const reason = new Error("stopped");
    await assert.rejects(
      compareEngines({ ...request, signal: AbortSignal.abort(reason) }),
      (error) => error === reason,
    );
  }));
