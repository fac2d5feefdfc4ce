/** Checks what the row cache relies on: a row's bits depend neither on its place in a batch nor on its neighbours. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { computesBfloat16, processorFeatures } from "../../../src/engine/processor.ts";
import { openEagerBase } from "../../../src/features/base/eager.ts";
import { openGraphBase } from "../../../src/features/base/graph_base.ts";
import type { FrozenBase } from "../../../src/features/base/frozen_base.ts";
import type { ExtractionSpec } from "../../../src/features/job.ts";
import { graphEngine, tensorflowEngine } from "../../engine.ts";
import { needs, withTemporaryFolder } from "../../support.ts";
import { assertRowsStandAlone } from "../arrangements.ts";
import { madeUpImages, madeUpWeights } from "../made_up.ts";
import { DEMO, specFor } from "../small_set.ts";

const { tf, ...loaded } = await tensorflowEngine();
const engine = graphEngine({ tf, ...loaded });
const cpuinfo = existsSync("/proc/cpuinfo") ? Deno.readTextFileSync("/proc/cpuinfo") : "";

Deno.test("TensorFlow computes with oneDNN whatever the processor, because rows of its other kernels are not independent", () => {
  assert.equal(Deno.env.get("TF_ENABLE_ONEDNN_OPTS"), "1");
});

async function densenet(): Promise<Partial<ExtractionSpec>> {
  return { base: "densenet121", preprocess: "scale", size: 160, weights: await madeUpWeights("densenet121") };
}

async function check(spec: ExtractionSpec, open: (folder: string) => Promise<FrozenBase>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const base = await open(folder);
    const compared = await assertRowsStandAlone(base, spec.batchSize);
    base.dispose();
    assert.ok(compared > 7 * spec.batchSize);
    console.log(`${spec.base}, ${spec.precision}: 0 of ${compared} rows differ`);
  });
}

async function checkGraph(changed: Partial<ExtractionSpec>, cores: number): Promise<void> {
  const spec = await specFor(DEMO, changed);
  await check(spec, (folder) => openGraphBase(engine, spec, madeUpImages(1), { cacheRoot: folder, cores: cores }));
}

for (const cores of [1, 2, 4]) {
  Deno.test(`as one graph on ${cores} cores SqueezeNet's rows are independent`, () => checkGraph({}, cores));
}

Deno.test("as one graph DenseNet121's rows are independent", async () => await checkGraph(await densenet(), 2));

for (const name of ["SqueezeNet", "DenseNet121"]) {
  Deno.test({
    name: `as one graph in bfloat16 ${name}'s rows are independent` + needs("AVX512_BF16 or AMX"),
    ignore: !computesBfloat16(processorFeatures(cpuinfo)),
    fn: async () => {
      await checkGraph({ ...(name === "DenseNet121" ? await densenet() : {}), precision: "bfloat16" }, 2);
    },
  });
}

Deno.test("op by op SqueezeNet's rows are independent", async () => {
  const spec = await specFor(DEMO);
  await check(spec, () => openEagerBase(tf, spec));
});

Deno.test("op by op DenseNet121's rows are independent", async () => {
  const spec = await specFor(DEMO, await densenet());
  await check(spec, () => openEagerBase(tf, spec));
});
