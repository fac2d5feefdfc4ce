import assert from "node:assert/strict";
import { judge, measure, medianOf, over, withRatios } from "./measures.ts";

const MEASURES = [
  measure("rate", "Keras", "images/s", [10, 12, 11]),
  measure("rate", "Headlight", "images/s", [22]),
  measure("error", "Headlight", "relative", [0.01]),
];

Deno.test("a ratio compares medians of the same quantity with the named contender, which has no ratio itself", () => {
  const ratios = withRatios(MEASURES, "Keras").map(({ ratio }) => ratio);
  assert.deepEqual(ratios, [null, { to: "Keras", value: 2 }, null]);
});

Deno.test("a quantity that was not measured has no median and no ratio", () => {
  assert.equal(medianOf(MEASURES, "rate", "Keras"), 11);
  assert.equal(medianOf(MEASURES, "rate", "nobody"), null);
  assert.equal(over(1, null), null);
  assert.equal(over(1, 4), 0.25);
});

Deno.test("a limit includes its bound except with `below`, and a missing measurement is not judged", () => {
  const limit = { what: "x", unit: "ratio", limit: 2 } as const;
  const holds = (bound: "at least" | "at most" | "below", got: number | null) => judge({ ...limit, bound }, got).holds;
  assert.deepEqual([1.9, 2, 2.1].map((got) => holds("at least", got)), [false, true, true]);
  assert.deepEqual([1.9, 2, 2.1].map((got) => holds("at most", got)), [true, true, false]);
  assert.deepEqual([1.9, 2, 2.1].map((got) => holds("below", got)), [true, false, false]);
  assert.equal(holds("at most", NaN), false);
  assert.equal(holds("at most", null), null);
});
