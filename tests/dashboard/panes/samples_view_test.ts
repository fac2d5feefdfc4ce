import assert from "node:assert/strict";
import { ASCII, UNICODE } from "../../../src/dashboard/drawing/glyphs.ts";
import { captionOf, emptyText, samplesGrid, samplesRows } from "../../../src/dashboard/panes/samples_view.ts";
import { stringWidth } from "../../../src/dashboard/text/width.ts";

const GRIDS: readonly [what: string, size: [number, number], named: boolean, grid: (number | undefined)[]][] = [
  ["the pane at 200×50 has six of 16 pixels", [132, 10], false, [16, 6, 1, 2]],
  ["the pane at 200×50 has no line for file names", [132, 10], true, [16, 6, 1, 2]],
  ["zoomed at 200×50 it has the largest images, with file names", [200, 46], true, [24, 7, 2, 3]],
  ["zoomed at 80×24 it has three larger images", [80, 20], false, [24, 3, 1, 2]],
  ["zoomed at 60×20 it has two rows of 12 pixels rather than one", [60, 17], false, [12, 2, 2, 2]],
  ["zoomed at 40×12 it has one image", [40, 9], true, [12, 1, 1, 3]],
  ["a pane without room has no images", [30, 5], false, [undefined, undefined, undefined, undefined]],
];

for (const [what, [width, height], named, expected] of GRIDS) {
  Deno.test(`samples: ${what}`, () => {
    const grid = samplesGrid(6, width, height, named);
    assert.deepEqual([grid?.side, grid?.perRow, grid?.rows, grid?.captionLines], expected);
    if (!grid) return;
    assert.ok(grid.perRow * (grid.cellWidth + 2) - 2 <= width, "wider than the pane");
    assert.ok(grid.rows * (grid.side / 2 + grid.captionLines + 1) - 1 <= height, "higher than the pane");
  });
}

Deno.test("samples: a pane without images says why, and does not deny epochs that were validated", () => {
  assert.equal(emptyText(undefined, null), "available after the first epoch");
  assert.equal(emptyText(undefined, 0), "no epoch was validated");
  assert.equal(emptyText(undefined, 2), "no images were recorded");
  assert.equal(emptyText(0, null), "no misclassified images");
  assert.equal(emptyText(5, 2), "no room for an image");
});

Deno.test("samples fill row after row, and no row is empty", () => {
  const grid = { side: 12, perRow: 2, rows: 3, cellWidth: 20, captionLines: 2 };
  assert.deepEqual(samplesRows([1, 2, 3], grid), [[1, 2], [3]]);
});

Deno.test("a caption has class, answer and share; the share is kept when a name is cut, and wide characters count double", () => {
  const classes = ["onion", "an uncommonly long name", "りんごりんごりんご"];
  const sample = { actual: 0, predicted: 1, confidence: 0.934, file: "validation/onion/onion_0042.png" };
  assert.deepEqual(captionOf(sample, classes, 20, UNICODE), [
    "onion               ",
    "→ an uncommonl… 93 %",
    "onion_0042.png      ",
  ]);
  const wide = captionOf({ ...sample, predicted: 2, actual: 2, file: null }, classes, 14, ASCII);
  assert.match(wide[1], /^-> .*~ +93 %$/);
  for (const line of wide) assert.equal(stringWidth(line), 14);
  assert.equal(captionOf({ ...sample, actual: 7 }, classes, 10, UNICODE)[0], "class 7   ");
});
