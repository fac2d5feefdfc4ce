import assert from "node:assert/strict";
import { disagreement, mcnemar } from "../../../src/results/comparison/mcnemar.ts";

/** Computed in Python with exact integers: min(1, 2 * sum(comb(n, i) for i in range(min(b, c) + 1)) / 2**n). */
const VALUES = [
  [{ onlyFirst: 5, onlySecond: 12 }, 0.143463134765625],
  [{ onlyFirst: 12, onlySecond: 5 }, 0.143463134765625],
  [{ onlyFirst: 0, onlySecond: 1 }, 1],
  [{ onlyFirst: 0, onlySecond: 6 }, 0.03125],
  [{ onlyFirst: 4, onlySecond: 4 }, 1],
  [{ onlyFirst: 40, onlySecond: 18 }, 0.005354859650800292],
  [{ onlyFirst: 0, onlySecond: 0 }, 1],
] as const;

for (const [counts, expected] of VALUES) {
  Deno.test(`the exact McNemar test of ${counts.onlyFirst} and ${counts.onlySecond} gives the binomial p-value`, () => {
    assert.ok(Math.abs(mcnemar(counts) - expected) < 1e-12, String(mcnemar(counts)));
  });
}

Deno.test("thousands of disagreements do not underflow", () => {
  assert.equal(mcnemar({ onlyFirst: 5000, onlySecond: 5000 }), 1);
  const uneven = mcnemar({ onlyFirst: 5000, onlySecond: 5300 });
  assert.ok(Math.abs(uneven - 0.003215819673645239) < 1e-9, String(uneven));
});

Deno.test("only images that exactly one of two classifiers predicts right are disagreements", () => {
  const first = [true, true, false, false, true];
  const second = [true, false, true, false, false];
  assert.deepEqual(disagreement(first, second), { onlyFirst: 2, onlySecond: 1 });
  assert.throws(() => disagreement([true], []), /1 and 0 images/);
});
