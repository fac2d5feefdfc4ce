import assert from "node:assert/strict";
import { largestRelativeError, median, medianInterval, pairedRatios, perSecond } from "./numbers.ts";

Deno.test("the median is the middle sample or the mean of the two in the middle, and needs a sample", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 10]), 3);
  assert.equal(median([7]), 7);
  assert.throws(() => median([]), RangeError);
});

Deno.test("the median leaves the samples in their order", () => {
  const samples = [3, 1, 2];
  median(samples);
  assert.deepEqual(samples, [3, 1, 2]);
});

Deno.test("paired ratios are computed round by round", () => {
  assert.deepEqual(pairedRatios([2, 9], [1, 3]), [2, 3]);
  assert.throws(() => pairedRatios([1], [1, 2]), RangeError);
});

Deno.test("the feature error is the largest difference over the largest value, and NaN is not hidden", () => {
  assert.equal(largestRelativeError([1, 2, 3.5], [1, 2, 4]), 0.125);
  assert.equal(largestRelativeError([5, 5], [5, 5]), 0);
  assert.ok(Number.isNaN(largestRelativeError([NaN, 1], [1, 1])));
  assert.throws(() => largestRelativeError([1], [1, 2]), RangeError);
});

Deno.test("a rate uses only the readings in the period and needs two of them", () => {
  const readings = [0, 1000, 2000, 9000].map((atMs, index) => ({ atMs, value: index * 10 }));
  assert.equal(perSecond(readings, 1000, 2000), 10);
  assert.equal(perSecond(readings), 30 / 9);
  assert.equal(perSecond(readings, 1500, 2500), null);
  assert.equal(perSecond([]), null);
});

Deno.test("the interval of a median is that of the sign test: the 6th and the 15th of 20 samples", () => {
  const samples = Array.from({ length: 20 }, (_, index) => index + 1);
  assert.deepEqual(medianInterval(samples.toReversed()), [6, 15]);
  assert.deepEqual(medianInterval([1, 2, 3, 4, 5, 6]), [1, 6]);
  assert.deepEqual(medianInterval([3, 1]), [1, 3]);
});
