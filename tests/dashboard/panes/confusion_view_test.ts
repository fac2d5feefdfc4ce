import assert from "node:assert/strict";
import { matrixRows, pairText, worstPairs } from "../../../src/dashboard/panes/confusion_view.ts";
import { confusionCells } from "../../../src/training/confusion.ts";
import { UNICODE } from "../../../src/dashboard/drawing/glyphs.ts";

const CLASSES = ["onion", "garlic", "bell pepper"];
const CELLS = confusionCells(Int32Array.of(0, 0, 0, 1, 1, 2), Int32Array.of(0, 1, 1, 1, 2, 2));

Deno.test("images are counted by true and predicted class", () => {
  assert.deepEqual(CELLS, [[0, 0, 1], [0, 1, 2], [1, 1, 1], [1, 2, 1], [2, 2, 1]]);
});

Deno.test("the matrix labels its true axis, has letters as columns, and distinguishes right, wrong and zero", () => {
  const rows = matrixRows(CELLS, CLASSES, 30, 5, UNICODE);
  assert.deepEqual(rows?.map(({ name, cells }) => name + cells.map(({ text }) => text).join("")), [
    "true \\ predicted    a  b  c",
    "a onion             1  2  ·",
    "b garlic            ·  1  1",
    "c bell pepper       ·  ·  1",
  ]);
  assert.deepEqual(rows?.[1]?.cells.map(({ kind }) => kind), ["right", "wrong", "none"]);
});

for (const [what, width, height] of [["rows", 30, 3], ["columns", 18, 9]] as const) {
  Deno.test(`with too few ${what} for the matrix it is not drawn`, () => {
    assert.equal(matrixRows(CELLS, CLASSES, width, height, UNICODE), null);
  });
}

Deno.test("after z the columns continue with two letters, and every row has the same width", () => {
  const classes = Array.from({ length: 60 }, (_, index) => `class ${index}`);
  const rows = matrixRows([[59, 0, 1]], classes, 200, 61, UNICODE) ?? [];
  const letters = rows[0]?.cells.map(({ text }) => text.trim());
  assert.deepEqual([letters?.[25], letters?.[26], letters?.[59]], ["z", "aa", "bh"]);
  assert.match(rows.at(-1)?.name ?? "", /^bh class 59 /);
  assert.deepEqual([...new Set(rows.map(({ name, cells }) => name.length + 3 * cells.length))], [198]);
});

Deno.test("the most confused pairs come first, and of equal counts the larger share", () => {
  assert.deepEqual(worstPairs(CELLS, CLASSES).map(pairText), [
    "2 of 3 onion predicted as garlic",
    "1 of 2 garlic predicted as bell pepper",
  ]);
});
