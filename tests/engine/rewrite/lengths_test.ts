import assert from "node:assert/strict";
import { dampedCholesky } from "../../../src/engine/tensorflow/rewrite/cholesky.ts";
import { correlationsOf } from "../../../src/engine/tensorflow/rewrite/correlations.ts";
import { roundWithFeedback } from "../../../src/engine/tensorflow/rewrite/round_with_feedback.ts";

Deno.test("missing numbers are reported as an internal error, not read as zeros", () => {
  assert.throws(() => dampedCholesky(new Float64Array(3), 2), /3 numbers are not a matrix of 2 rows/);
  const channels = [{ from: 0, size: 2, products: new Float64Array(4) }];
  assert.throws(
    () => roundWithFeedback(new Float32Array(3), { channels, places: new Float64Array(1) }),
    /3 weights are not a kernel of 1 places and 2 channels/,
  );
  const convolutions = [{ name: "convolution", images: "p", kernel: "k", shape: [1, 1, 2, 1] }];
  const products = (count: number) => ({ dtype: "float32", shape: [2, 2], values: new Float32Array(count) }) as const;
  const sample = (count: number) =>
    ({ dtype: "float32", shape: [1, 2, 2, 2], values: new Float32Array(count) }) as const;
  assert.throws(() => correlationsOf(convolutions, [[products(3), sample(8)]]), /3 values for 4 sums/);
  assert.throws(() => correlationsOf(convolutions, [[products(4), sample(7)]]), /7 values are not of shape 1×2×2×2/);
  assert.throws(() => correlationsOf(convolutions, [[products(4)]]), /fewer outputs/);
});
