import assert from "node:assert/strict";
import { ASCII, type Glyphs, UNICODE } from "../../../src/dashboard/drawing/glyphs.ts";

/** The signs with a meaning of their own that one screen can show together. */
const TOGETHER: readonly (readonly (keyof Glyphs)[])[] = [
  ["past", "current", "focus", "warning", "open", "closed"],
  ["training", "validation", "best", "stop", "warning", "focus", "open", "closed", "arrow"],
];

for (const [name, glyphs] of Object.entries({ UNICODE, ASCII })) {
  Deno.test(`no two signs of one screen are the same, with ${name}`, () => {
    for (const names of TOGETHER) {
      const signs = names.map((sign) => glyphs[sign]);
      // In ASCII a finished step and an open base are both "-": the setup shows no parameters yet.
      const expected = glyphs.ascii && names.includes("past") ? names.length - 1 : names.length;
      assert.equal(new Set(signs).size, expected, signs.join(" "));
    }
  });
}

Deno.test("no sign of a logarithmic axis can be taken for a curve: the axis itself has the usual tick", async () => {
  const { drawChart } = await import("../../../src/dashboard/charts/draw_chart.ts");
  const { pointsOf } = await import("../../../src/dashboard/charts/points.ts");
  const points = pointsOf([3, 2, 1, 0.5].map((y, index) => ({ x: index + 1, y })));
  for (const [drawing, line, tick] of [["braille", "│", "┤"], ["block", "│", "┤"], ["ascii", "|", "+"]] as const) {
    const series = [{ name: "validation" as const, points }];
    const lines = drawChart({ width: 40, height: 12, series, from: 1, to: 4, log: true, drawing });
    const texts = lines.slice(0, -1).map((runs) => runs.map(({ text }) => text).join(""));
    const column = texts[0]?.search(/[│┤|+]/) ?? -1;
    assert.ok(column > 0);
    const axis = texts.map((text) => text[column]);
    assert.deepEqual([...new Set(axis)].sort(), [line, tick].sort());
    assert.equal(
      texts.filter((text) => /\d/.test(text.slice(0, column))).length,
      axis.filter((one) => one === tick).length,
    );
  }
});
