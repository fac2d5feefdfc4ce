import assert from "node:assert/strict";
import { engines } from "../../src/engine/engines/list.ts";
import { savedSeconds, type Workload, worthwhileEngines } from "../../src/engine/engines/worthwhile.ts";

const DENSENET = 1.44e9;

function workload(change: Partial<Workload> = {}): Workload {
  return {
    ...{ images: 10_000, macs: DENSENET, precision: "float32", features: ["AVX2", "AVX-512", "AMX_BF16"], cores: 2 },
    ...change,
  };
}

Deno.test("OpenVINO is worth its download where its saved time wins it back: by processor, data, base and cores", () => {
  const worth = (change: Partial<Workload>) => worthwhileEngines(workload(change)).includes("openvino");
  assert.ok(worth({}), "an Intel Xeon with AMX saves 4.7 ms an image");
  assert.ok(worth({ precision: "bfloat16" }));
  assert.ok(!worth({ images: 1165 }), "the lesson's data are computed before the download ends");
  assert.ok(!worth({ cores: 16 }), "16 cores save an eighth of the time");
  assert.ok(!worth({ macs: DENSENET / 10 }));
  const epyc = ["AVX2", "AVX-512", "AVX512_BF16"];
  assert.ok(!worth({ features: epyc, images: 1e6 }), "it was no faster in float32 there");
  assert.ok(!worth({ features: epyc, precision: "bfloat16" }));
  assert.ok(worth({ features: epyc, precision: "bfloat16", images: 100_000 }));
  for (const features of [[], ["AVX2"], ["AVX2", "AVX-512"]]) {
    assert.ok(!worth({ features, images: 1e6 }), "it was not measured there");
  }
});

Deno.test("no other engine is fetched without being named", () => {
  assert.deepEqual(worthwhileEngines(workload({ images: 1e9 })), ["openvino"]);
});

Deno.test("the saved time is that which was measured: 4.7 ms for an image of DenseNet121 in float32 with AMX", () => {
  assert.equal(savedSeconds(engines.openvino, workload({ images: 1000 })).toFixed(3), "4.700");
});
