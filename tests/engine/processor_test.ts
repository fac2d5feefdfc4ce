import assert from "node:assert/strict";
import { processorText, thisProcessor } from "../../src/engine/processor.ts";
import { threadsPerOp } from "../../src/engine/threads.ts";

Deno.test("a processor is described with the features that TensorFlow's code depends on", () => {
  assert.equal(processorText({ model: "AMD EPYC", features: ["AVX2", "FMA"] }), "AMD EPYC, AVX2, FMA");
  assert.equal(processorText({ model: "Apple M2", features: [] }), "Apple M2");
  assert.ok(thisProcessor().model.length > 0);
});

const THREADS = [["3", 3], ["1", 1], ["0", 8], ["", 8], [undefined, 8], ["many", 8], ["-2", 8], ["1.5", 8]] as const;

for (const [set, threads] of THREADS) {
  Deno.test(`with TF_NUM_INTRAOP_THREADS ${JSON.stringify(set) ?? "not set"} an op uses ${threads} threads on 8 cores`, () => {
    assert.equal(threadsPerOp(() => set, 8), threads);
  });
}
