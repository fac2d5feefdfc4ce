/** Tests the lines that `predict` prints on a terminal. */
import assert from "node:assert/strict";
import { stringWidth } from "../../src/dashboard/text/width.ts";
import { pathColumns, predictionLine } from "../../src/results/prediction_text.ts";

const guesses = (...names: string[]) => names.map((name, index) => ({ name, probability: 0.9 / (index + 1) }));

Deno.test("on a terminal the answers of all images begin in one column, whatever the length of paths and names", () => {
  const paths = ["a.jpg", "/work/images/Yoghurt/Valio-Vanilla-Yoghurt_008.jpg", "/work/images/Pear/Pear_1.jpg"];
  const place = { width: 80, columns: pathColumns(paths, 80) };
  const lines = paths.map((path, index) =>
    predictionLine({
      path,
      guesses: guesses(...[["Yoghurt", "Melon"], ["Milk", "Juice"], ["Satsumas", "Pear"]][index] ?? []),
    }, place)
  );
  const begins = lines.map((line) => line.search(/ {2}\w+ 0\.900/));
  assert.equal(new Set(begins).size, 1, lines.join("\n"));
  assert.ok(lines.every((line) => stringWidth(line) <= 80), lines.join("\n"));
  assert.match(lines[1] ?? "", /^….*_008\.jpg {2}Milk/);
  assert.equal(pathColumns(["a.jpg"], 80), 5, "short paths take no more than they need");
});

Deno.test("in a pipe no path is cut, and long answers take columns from the path on a terminal", () => {
  const path = "/work/images/Yoghurt/Valio-Vanilla-Yoghurt_008.jpg";
  assert.ok(predictionLine({ path, guesses: guesses("Milk") }, null).startsWith(path));
  const line = predictionLine({ path, guesses: guesses("washing machine", "soap dispenser", "running shoe") }, {
    width: 80,
    columns: pathColumns([path], 80),
  });
  assert.ok(stringWidth(line) <= 80, line);
});
