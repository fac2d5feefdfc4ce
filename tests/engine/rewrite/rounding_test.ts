import assert from "node:assert/strict";
import { bfloat16Of, floatOf } from "../../../src/engine/tensorflow/rewrite/bfloat16.ts";
import { dampedCholesky } from "../../../src/engine/tensorflow/rewrite/cholesky.ts";
import type { Correlations } from "../../../src/engine/tensorflow/rewrite/correlations.ts";
import { roundWithFeedback } from "../../../src/engine/tensorflow/rewrite/round_with_feedback.ts";
import { numbers } from "../capture/made_up.ts";

const half = (value: number) => floatOf(bfloat16Of(value));

/** Returns sums of products of made-up rows that are strongly correlated. */
function products(size: number, rows: number): Float64Array {
  const values = numbers([rows, size]);
  const sums = new Float64Array(size * size);
  for (let row = 0; row < rows; row++) {
    const at = (column: number) => 1 + 0.3 * (values[row * size + column] ?? 0);
    for (let one = 0; one < size; one++) {
      for (let other = 0; other < size; other++) {
        sums[one * size + other] = (sums[one * size + other] ?? 0) + at(one) * at(other);
      }
    }
  }
  return sums;
}

const identity = (size: number) => Float64Array.from({ length: size * size }, (_, at) => at % (size + 1) === 0 ? 1 : 0);

/** Returns the error of the results that an error of the weights causes: its squares, weighted by the correlations. */
function harm(errors: readonly number[], { channels, places }: Correlations, outputs: number): number {
  const count = Math.sqrt(places.length);
  const [block] = channels;
  assert.ok(block);
  let sum = 0;
  for (let p = 0; p < count; p++) {
    for (let q = 0; q < count; q++) {
      const together = places[Math.min(p, q) * count + Math.max(p, q)] ?? 0;
      for (let c = 0; c < block.size; c++) {
        for (let d = 0; d < block.size; d++) {
          const weight = together * (block.products[c * block.size + d] ?? 0);
          for (let output = 0; output < outputs; output++) {
            const one = errors[(p * block.size + c) * outputs + output] ?? 0;
            sum += one * weight * (errors[(q * block.size + d) * outputs + output] ?? 0);
          }
        }
      }
    }
  }
  return sum;
}

Deno.test("a Cholesky factor times its transpose is the matrix with a slightly larger diagonal", () => {
  const [size, matrix] = [5, products(5, 9)];
  const factor = dampedCholesky(matrix, size);
  const entry = (row: number, column: number) => {
    let sum = 0;
    for (let at = 0; at < size; at++) sum += (factor[at * size + row] ?? 0) * (factor[at * size + column] ?? 0);
    return sum;
  };
  const added = entry(0, 0) - (matrix[0] ?? 0);
  const mean = Array.from({ length: size }, (_, at) => matrix[at * size + at] ?? 0).reduce((a, b) => a + b) / size;
  assert.ok(added > 0.005 * mean && added < 0.1 * mean, `${added} of ${mean}`);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const expected = (matrix[row * size + column] ?? 0) + (row === column ? added : 0);
      assert.ok(Math.abs(entry(row, column) - expected) < 1e-9, `${row}, ${column}`);
      if (column < row) assert.equal(factor[row * size + column], 0);
    }
  }
});

Deno.test("a matrix of zeros has a factor that weights all rows equally", () => {
  assert.deepEqual([...dampedCholesky(new Float64Array(4), 2)], [1, 0, 0, 1]);
});

Deno.test("without correlations each weight is rounded to its nearest number", () => {
  const kernel = numbers([2, 2, 6, 3]);
  const correlations = { channels: [{ from: 0, size: 6, products: identity(6) }], places: identity(4) };
  assert.deepEqual(roundWithFeedback(kernel, correlations), kernel.map(half));
});

for (
  const [what, places] of [["1×1", Float64Array.of(1)], ["2×2", products(4, 6)], ["3×3", products(9, 12)]] as const
) {
  Deno.test(`a ${what} kernel rounded to bfloat16 with error feedback does a tenth of the harm`, () => {
    const [inputs, outputs] = [24, 5];
    const kernel = numbers([Math.sqrt(places.length), inputs, outputs]);
    const correlations = { channels: [{ from: 0, size: inputs, products: products(inputs, 40) }], places };
    const rounded = roundWithFeedback(kernel, correlations);
    assert.deepEqual(rounded, rounded.map(half));
    const errors = (of: Float32Array) => Array.from(kernel, (value, at) => value - (of[at] ?? NaN));
    const [mine, plain] = [rounded, kernel.map(half)].map((of) => harm(errors(of), correlations, outputs));
    assert.ok(mine !== undefined && plain !== undefined && mine < plain / 10, `${mine} against ${plain}`);
  });
}

Deno.test("each block of channels is rounded separately, in its place", () => {
  const kernel = numbers([1, 12, 4]);
  const block = (from: number) => ({ from, size: 6, products: products(6, 20) });
  const together = roundWithFeedback(kernel, { channels: [block(0), block(6)], places: Float64Array.of(1) });
  const alone = [0, 6].flatMap((from) => [
    ...roundWithFeedback(kernel.slice(from * 4, from * 4 + 24), { channels: [block(0)], places: Float64Array.of(1) }),
  ]);
  assert.deepEqual([...together], alone);
});
