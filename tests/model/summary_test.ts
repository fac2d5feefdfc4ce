import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { NETWORK_NAMES } from "../../src/bases/networks.ts";
import { LESSON_DATA, summary, summaryOptions, summaryText } from "../../src/commands/summary.ts";
import { describe } from "../../src/model/layers.ts";
import { readableMemorySize, renderSummary, summaryLineLength, summaryOfWidth } from "../../src/model/summary.ts";
import { wholeModel } from "../../src/model/whole.ts";
import { FIXTURES, parity } from "./parity_fixture.ts";

const LESSON = { base: "densenet121", size: 160, pooling: "max", hidden: 50, dropout: 0.5 } as const;

Deno.test("the lesson's summary equals Keras's byte for byte", async () => {
  let printed = "";
  summary(LESSON, (text) => printed += text + "\n");
  assert.equal(printed, await Deno.readTextFile(join(FIXTURES, "keras_summary.txt")));
});

Deno.test("summaries of other models and widths equal Keras's byte for byte", async (t) => {
  for (const { sha256, lineLength, ...options } of parity.summaries) {
    await t.step(`${options.base}, size ${options.size}, ${lineLength} columns`, () => {
      const text = renderSummary(describe(wholeModel({ ...options, dropout: 0.5 })), { lineLength });
      assert.equal(createHash("sha256").update(text).digest("hex"), sha256);
    });
  }
});

Deno.test("no line of a summary is wider than the terminal or than Keras's 108 columns", () => {
  for (const columns of [60, 80, 100, 112, 300]) {
    const lines = summaryText(LESSON, LESSON_DATA, columns).split("\n");
    assert.equal(Math.max(...lines.map((line) => line.length)), Math.min(108, columns - 4));
  }
});

Deno.test("a run's stored summary has the table of the terminal's width, without losing a row, a number or a line below it", () => {
  const stored = ["before", ...summaryText(LESSON).trimEnd().split("\n"), ""];
  for (const columns of [60, 80, 100]) {
    const narrow = summaryOfWidth(stored, summaryLineLength(columns));
    assert.equal(Math.max(...narrow.map((line) => line.length)), columns - 4);
    // Words that the stored table has cut differ, so layers are compared by their shapes and parameters.
    const cells = (lines: readonly string[]) =>
      lines.filter((line) => line.startsWith("│")).map((line) => line.split("│")[3]?.trim()).filter((cell) => cell);
    // Keras's rule cuts numbers below 80 columns.
    if (columns >= 80) assert.deepEqual(cells(narrow), cells(stored));
    assert.deepEqual([narrow[0], ...narrow.slice(-4)], [stored[0], ...stored.slice(-4)]);
  }
  assert.deepEqual(summaryOfWidth(stored, summaryLineLength(Infinity)), stored);
  const broken = stored.map((line) => line.replace("│", "x"));
  assert.deepEqual(summaryOfWidth(["no table"], 60), ["no table"]);
  assert.deepEqual(summaryOfWidth(broken, 76), broken);
});

Deno.test("memory sizes are formatted as in Keras, with Python's rounding half to even", () => {
  for (
    const [bytes, text] of [
      [0, "0.00 B"],
      [1023, "1023.00 B"],
      [1024, "1.00 KB"],
      [215_232, "210.19 KB"],
      [28_373_440, "27.06 MB"],
      // Exactly half-way: 1.125 and 1.375.
      [1152, "1.12 KB"],
      [1408, "1.38 KB"],
      [1024 ** 3 * 1.5, "1.50 GB"],
    ] as const
  ) {
    assert.equal(readableMemorySize(bytes), text);
  }
});

Deno.test("the summary takes every network that train takes, those from scratch too", async () => {
  for (const base of NETWORK_NAMES) {
    const options = await summaryOptions({ ...LESSON, base });
    assert.equal(options.base, base);
    assert.match(summaryText(options), /Total params: /);
  }
});
