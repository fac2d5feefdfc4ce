import assert from "node:assert/strict";
import { matrixRows, pairText, worstPairs } from "../../../src/dashboard/panes/confusion_view.ts";
import { confusionCells } from "../../../src/training/confusion.ts";
import { UNICODE } from "../../../src/dashboard/drawing/glyphs.ts";

const CLASSES = ["onion", "garlic", "bell pepper"];
const CELLS = confusionCells(Int32Array.of(0, 0, 0, 1, 1, 2), Int32Array.of(0, 1, 1, 1, 2, 2));

Deno.test("pictures are counted by true and predicted class", () => {
  assert.deepEqual(CELLS, [[0, 0, 1], [0, 1, 2], [1, 1, 1], [1, 2, 1], [2, 2, 1]]);
});

Deno.test("the matrix has a row for each true class, right, wrong and nothing told apart", () => {
  const rows = matrixRows(CELLS, CLASSES, 30, 5, UNICODE);
  assert.deepEqual(rows?.map(({ name, cells }) => name + cells.map(({ text }) => text).join("")), [
    "onion               1  2  ·",
    "garlic              ·  1  1",
    "bell pepper         ·  ·  1",
  ]);
  assert.deepEqual(rows?.[0]?.cells.map(({ kind }) => kind), ["right", "wrong", "none"]);
});

for (const [what, width, height] of [["rows", 30, 2], ["columns", 12, 9]] as const) {
  Deno.test(`with too few ${what} for the matrix there is none`, () => {
    assert.equal(matrixRows(CELLS, CLASSES, width, height, UNICODE), null);
  });
}

Deno.test("the pairs that are mixed up most come first, of equals the larger share", () => {
  assert.deepEqual(worstPairs(CELLS, CLASSES).map(pairText), [
    "2 of 3 onion taken for garlic",
    "1 of 2 garlic taken for bell pepper",
  ]);
});
