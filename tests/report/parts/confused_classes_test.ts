import assert from "node:assert/strict";
import { mostConfused } from "../../../src/report/parts/confused_classes.ts";
import { tally } from "../../../src/results/metrics.ts";

const NAMES = ["a", "b", "c", "d", "e", "f"];
const COUNTS = tally(NAMES, [
  [9, 0, 0, 0, 0, 1],
  [0, 4, 0, 0, 6, 0],
  [0, 0, 9, 0, 0, 0],
  [0, 0, 0, 5, 3, 2],
  [0, 1, 0, 0, 8, 0],
  [0, 0, 0, 0, 0, 7],
]);

Deno.test("of many classes the matrix has those in the most frequent mistakes, in their order, and the rest of each row", () => {
  const part = mostConfused(COUNTS, 3);
  assert.deepEqual(part.classes.map(({ name }) => name), ["b", "d", "e"]);
  assert.deepEqual(part.confusion, [[4, 0, 6], [0, 5, 3], [1, 0, 8]]);
  assert.deepEqual(part.elsewhere, [0, 2, 0]);
});

Deno.test("both classes of a mistake are in the matrix, or neither is chosen because of it", () => {
  const names = (most: number) => mostConfused(COUNTS, most).classes.map(({ name }) => name);
  assert.deepEqual(names(2), ["b", "e"]);
  assert.deepEqual(names(4), ["b", "d", "e", "f"]);
});

Deno.test("a matrix of few classes is whole, and one without mistakes has the first classes", () => {
  assert.deepEqual(mostConfused(COUNTS, 6), {
    classes: COUNTS.classes,
    confusion: COUNTS.confusion,
    elsewhere: null,
  });
  const perfect = tally(NAMES, NAMES.map((_, row) => NAMES.map((_, column) => row === column ? 3 : 0)));
  const part = mostConfused(perfect, 2);
  assert.deepEqual([part.classes.map(({ name }) => name), part.elsewhere], [["a", "b"], [0, 0]]);
});
