import assert from "node:assert/strict";
import { type ChartInput, drawChart } from "../../../src/dashboard/charts/draw_chart.ts";
import { type Points, pointsOf } from "../../../src/dashboard/charts/points.ts";
import { Sequence } from "../../../src/sequence.ts";
import { decimate } from "../../../src/dashboard/charts/decimate.ts";
import { epochExtent, wholeStep } from "../../../src/dashboard/charts/epoch_axis.ts";
import { sparkline } from "../../../src/dashboard/drawing/sparkline.ts";
import { UNICODE } from "../../../src/dashboard/drawing/glyphs.ts";
import { stringWidth } from "../../../src/dashboard/text/width.ts";

function points(values: readonly (number | null)[]): Points {
  return pointsOf(values.map((y, index) => ({ x: index + 1, y })));
}

function text(input: Partial<ChartInput>): string[] {
  const whole: ChartInput = { width: 20, height: 5, series: [], from: 1, to: 5, drawing: "braille", ...input };
  return drawChart(whole).map((runs) => runs.map((run) => run.text).join(""));
}

Deno.test("the steps of an axis of epochs are 1, 5, 10, 20, 50 and so on", () => {
  assert.deepEqual([4, 9, 29, 99, 299, 4999].map((range) => wholeStep(range, 5)), [1, 5, 10, 20, 100, 1000]);
});

Deno.test("from its 20th epoch on a run fills three quarters of the axis, which grows in at most six steps", () => {
  for (const asked of [1, 2, 15, 20, 26, 27, 28, 30, 50, 75, 100, 115]) {
    const extents = Array.from({ length: asked + 1 }, (_, finished) => epochExtent(finished, asked));
    for (const [finished, extent] of extents.entries()) {
      assert.ok(extent >= finished && extent <= Math.max(2, asked), `${finished} of ${asked}: ${extent}`);
      if (finished > 20) assert.ok(finished / extent >= 0.75, `${finished} of ${asked}: ${extent}`);
    }
    assert.deepEqual(extents, [...extents].sort((one, other) => one - other), "it never shrinks");
    assert.ok(new Set(extents).size <= 7, `${asked}: ${[...new Set(extents)]}`);
  }
  assert.deepEqual(
    [[3, 20], [3, 26], [3, 1000], [21, 30], [23, 30], [990, 1000]].map(([done = 0, asked = 0]) =>
      epochExtent(done, asked)
    ),
    [20, 26, 20, 27, 30, 1000],
  );
});

Deno.test("a straight line is drawn dot by dot with its axis", () => {
  assert.deepEqual(text({ series: [{ name: "validation", points: points([0, 1, 2, 3, 4]) }] }), [
    "    │            ⣀⠤⠒",
    "2.5 ┤        ⣀⠤⠒⠉   ",
    "    │   ⣀⡠⠤⠒⠉       ",
    "0.0 ┤⠤⠒⠉            ",
    "     1             5",
  ]);
});

Deno.test("in ASCII a falling and a rising line meet as letters", () => {
  const lines = text({
    drawing: "ascii",
    width: 14,
    height: 6,
    series: [
      { name: "training", points: points([4, 3, 2, 1, 0]) },
      { name: "validation", points: points([0, 1, 2, 3, 4]) },
    ],
    mark: { x: 5, y: 4 },
  });
  assert.deepEqual(lines, [
    "  4 +*       X",
    "    | **   oo ",
    "  2 +   *oo   ",
    "    |  oo **  ",
    "  0 +oo     **",
    "     1       5",
  ]);
});

Deno.test("every line is exactly as wide as the chart, whatever the figures", () => {
  for (const values of [[0.1, 0.9], [1e6, 2e7], [null, null, 3], [], [5, 5, 5], [1e-7, 2e-7]]) {
    for (const width of [12, 29, 39, 134]) {
      const lines = text({ width, height: 9, to: 30, series: [{ name: "validation", points: points(values) }] });
      assert.equal(lines.length, 9);
      assert.deepEqual(new Set(lines.map((line) => stringWidth(line))), new Set([width]));
    }
  }
});

Deno.test("a NaN figure leaves a gap, and the line continues after it", () => {
  const series = [{ name: "validation", points: points([1, 1, null, 1, 1]) } as const];
  const row = text({ width: 25, limits: { min: 0 }, series }).find((line) => /[\u2801-\u28ff]/.test(line)) ?? "";
  assert.match(row, /[\u2801-\u28ff] +[\u2801-\u28ff]/);
});

Deno.test("training is dotted and validation solid, so that they differ without colour", () => {
  const flat = points([1, 1, 1, 1, 1]);
  const dots = (name: "training" | "validation") =>
    [...text({ width: 25, series: [{ name, points: flat }] }).join("")]
      .reduce((sum, character) => sum + dotCount(character), 0);
  assert.ok(dots("training") < 0.6 * dots("validation"));
});

function dotCount(character: string): number {
  const bits = (character.codePointAt(0) ?? 0) - 0x2800;
  return bits > 0 && bits < 256 ? bits.toString(2).replaceAll("0", "").length : 0;
}

Deno.test("the best epoch is marked even where a line covers it", () => {
  const lines = text({ series: [{ name: "validation", points: points([0, 1, 2]) }], mark: { x: 3, y: 2 } });
  assert.equal(lines.join("").match(/◆/g)?.length, 1);
});

Deno.test("a tag covers the curves, a stop's line is behind them, and both have their run's number", () => {
  const series = [{ name: "validation", points: points([0, 1, 2, 3, 4]), run: 1 }] as const;
  const input = { width: 20, height: 5, series, from: 1, to: 5, tags: [{ x: 5, y: 4, text: "B", run: 1 }], stops: [3] };
  assert.deepEqual(text(input), [
    "    │       ┊    ⣀⠤B",
    "2.5 ┤       ┊⣀⠤⠒⠉   ",
    "    │   ⣀⡠⠤⠒⠉       ",
    "0.0 ┤⠤⠒⠉    ┊       ",
    "     1             5",
  ]);
  assert.match(text({ ...input, drawing: "ascii" }).join("\n"), /^ {2}5 \+ {7}: {7}\n.*B\n/);
  const kinds = drawChart({ ...input, drawing: "braille" }).flat().filter(({ run }) => run === 1).map(({ kind }) =>
    kind
  );
  assert.deepEqual(new Set(kinds), new Set(["mark", "validation"]));
});

Deno.test("a long history keeps its peaks and an even spacing", () => {
  const history = points(Array.from({ length: 5000 }, (_, index) => (index === 1234 ? 99 : index % 7)));
  const thin = decimate(history, 1, 5000, 100);
  assert.ok(thin.length <= 200);
  assert.ok(thin.some(({ y }) => y === 99), "the peak is gone");
  const gaps = thin.slice(1).map(({ x }, index) => x - (thin[index]?.x ?? 0));
  assert.ok(Math.max(...gaps) <= 100, `a stretch of ${Math.max(...gaps)} epochs is missing`);
});

const ACCURACY = { direction: "max", limits: { min: 0, max: 1 } } as const;

Deno.test("an accuracy that rises from 0.36 to 0.85 visibly rises at every width", () => {
  for (const epochs of [2, 5, 12, 30, 200]) {
    const values = Array.from({ length: epochs }, (_, epoch) => 0.36 + 0.49 * (epoch / (epochs - 1)));
    for (let width = 2; width <= 60; width++) {
      const bars = [...sparkline(Sequence.of(values), width, UNICODE.bars, ACCURACY)].map((bar) =>
        UNICODE.bars.indexOf(bar)
      );
      assert.equal(bars.length, Math.min(width, epochs));
      assert.equal(bars.at(-1), 6, `${width} of ${epochs} ends at the best, 0.85`);
      assert.ok((bars[0] ?? NaN) >= 2 && (bars[0] ?? NaN) <= (width < 8 ? 4 : 3), `${width} of ${epochs}: ${bars}`);
      assert.deepEqual(bars, [...bars].sort(), `${width} of ${epochs} rises`);
    }
  }
});

Deno.test("the characters of a sparkline are means of their stretch, and the best value is never averaged away", () => {
  const values = Array.from({ length: 40 }, (_, epoch) => (epoch % 2 === 0 ? 0.2 : 0.6) as number);
  assert.equal(sparkline(Sequence.of(values), 4, UNICODE.bars, ACCURACY), "▅▄▄▄");
  assert.equal(sparkline(Sequence.of(values.with(21, 1)), 4, UNICODE.bars, ACCURACY), "▄▄█▄");
});

Deno.test("a sparkline spans the lowest to the highest bar, with gaps for NaN", () => {
  const loss = { direction: "min", limits: { min: 0 } } as const;
  assert.equal(sparkline(Sequence.of<number | null>([0, 1, 2, 3, 4, 5, 6, 7]), 8, UNICODE.bars, loss), "▁▂▃▄▅▆▇█");
  assert.equal(sparkline(Sequence.of<number | null>([0, null, 7]), 8, UNICODE.bars, loss), "▁ █");
  assert.equal(sparkline(Sequence.of<number | null>([]), 4, UNICODE.bars, loss), "");
});

Deno.test("a curve that halves every epoch is straight on a logarithmic axis, and values that are not positive leave gaps", () => {
  const series = (values: readonly number[]) => ({ series: [{ name: "validation", points: points(values) } as const] });
  const drawn = (values: readonly number[], log: boolean) =>
    text({ drawing: "ascii", width: 30, height: 10, log, to: values.length, ...series(values) }).slice(0, -1);
  /** Returns the row of the curve in a column, counted from the bottom, or -1 if there is none. */
  const rowAt = (lines: readonly string[], column: number) => lines.findIndex((line) => line[column] === "o");
  const bend = (log: boolean) => {
    const lines = drawn([10, 10 ** 0.5, 1], log);
    const columns = lines.flatMap((line) => [...line.matchAll(/o/g)].map(({ index }) => index));
    const [first, last] = [Math.min(...columns), Math.max(...columns)];
    return rowAt(lines, first) + rowAt(lines, last) - 2 * rowAt(lines, Math.round((first + last) / 2));
  };
  assert.ok(Math.abs(bend(true)) <= 1, `${bend(true)}`);
  assert.ok(Math.abs(bend(false)) > 1, "the same curve bends on a linear axis");
  assert.equal(drawn([8, 0, 8], true).join("").match(/o/g)?.length, 2);
});

Deno.test("blocks draw the same line with four dots per character", () => {
  const lines = text({ drawing: "block", series: [{ name: "validation", points: points([0, 1, 2, 3, 4]) }] });
  assert.equal(lines.length, 5);
  assert.match(lines.join(""), /[▘▝▀▖▌▞▛▗▚▐▜▄▙▟]/);
  for (const line of lines) assert.equal(stringWidth(line), 20);
});

Deno.test("a level is behind the curves, and one outside the axis is not drawn", () => {
  const level = (y: number) =>
    text({ levels: [y], series: [{ name: "validation", points: points([0, 1, 2, 3, 4]) }] }).join("\n");
  assert.match(level(2.4), /┈{5}/);
  assert.doesNotMatch(level(9), /┈/);
});

Deno.test("the caption of a level covers no curve and is left out where it would", () => {
  const captioned = (y: number, series: readonly (readonly number[])[]) =>
    text({
      width: 60,
      height: 12,
      to: 20,
      levels: [y],
      levelCaptions: [{ y, captions: ["to beat: 0.7500"] }],
      series: series.map((ys) => ({ name: "validation", points: points([...ys]) }) as const),
    });
  const line = captioned(0.75, [[0, 1]]);
  assert.equal(rowOf(line, /to beat: 0\.7500/), rowOf(line, /┈{5}/));
  const full = Array.from({ length: 20 }, (_, index) => index % 2);
  assert.equal(rowOf(captioned(0.5, [full, full.toReversed()]), /to beat/), -1);
});

Deno.test("only the epochs between from and to are drawn and determine the axis", () => {
  const lines = text({ from: 4, to: 5, series: [{ name: "validation", points: points([900, 800, 700, 1, 2]) }] });
  assert.doesNotMatch(lines.join("\n"), /900|1000/);
});

Deno.test("where curves of two runs share a cell, it has the dots and the colour of the curve drawn last", () => {
  const flat = (y: number, run?: number) => ({ name: "validation", points: points([y, y, y, y, y]), run }) as const;
  const runsOf = (series: ChartInput["series"]) =>
    drawChart({ width: 25, height: 5, series, from: 1, to: 5, drawing: "braille" }).flat()
      .filter(({ kind }) => kind === "validation");
  const both = runsOf([flat(1, 1), flat(1.0001), flat(0, 1)]);
  assert.deepEqual(new Set(both.map(({ run }) => run)), new Set([undefined, 1]));
  const [mine] = both.filter(({ run }) => run === undefined);
  const [alone] = runsOf([flat(1.0001), { ...flat(0, 1), points: points([0]) }]);
  assert.equal(mine?.text, alone?.text);
});

Deno.test("the raw values behind a smoothed curve are visible only where no other curve is", () => {
  const raw = { name: "validation", points: points([0, 4, 0, 4, 0]), faint: true } as const;
  const line = { name: "validation", points: points([2, 2, 2, 2, 2]) } as const;
  const kinds = (drawing: ChartInput["drawing"]) =>
    drawChart({ width: 30, height: 9, series: [raw, line], from: 1, to: 5, drawing }).flat();
  for (const drawing of ["braille", "block", "ascii"] as const) {
    assert.ok(kinds(drawing).some(({ kind }) => kind === "faint"), drawing);
    const drawn = kinds(drawing).filter(({ kind }) => kind === "validation").map(({ text }) => text.trim()).join("");
    assert.ok(drawn.length >= 20, `${drawing}: the smoothed curve is whole: ${drawn}`);
  }
});

const CUP = { y: 0.75, captions: ["always predicting cup: 0.75", "always cup: 0.75"] };

/** Returns the row of the first match of a pattern. */
function rowOf(lines: readonly string[], pattern: RegExp): number {
  return lines.findIndex((line) => pattern.test(line));
}

Deno.test("a reference line is on the same row as a curve of its value and has its caption", () => {
  for (const y of [0, 0.2, 0.49, 0.75, 1]) {
    const input = { width: 60, height: 12, to: 20, drawing: "ascii" } as const;
    const curve = text({ ...input, series: [{ name: "validation", points: points([0, 1, y, y, y, y]) }] });
    const line = text({
      ...input,
      series: [{ name: "validation", points: points([0, 1]) }],
      references: [{ ...CUP, y }],
    });
    const row = rowOf(line, /=====/);
    assert.match(curve[row] ?? "", /ooo/, `${y}`);
    assert.match(line[row] ?? "", /=always predicting cup: 0\.75=$/);
  }
});

Deno.test("a caption is beside its line where curves cover the line, and shorter where there is less room", () => {
  const along = { name: "validation", points: points(Array<number>(20).fill(0.75)) } as const;
  const ends = { name: "training", points: points([0, 1]) } as const;
  const input = { width: 60, height: 12, to: 20, series: [ends, along], references: [CUP] };
  const lines = text(input);
  const curve = rowOf(lines, /[\u2801-\u28ff]{30}/);
  assert.equal(Math.abs(rowOf(lines, /always predicting cup/) - curve), 1);
  assert.match(text({ ...input, width: 26 }).join("\n"), /(?<!saying )always cup: 0\.75/);
});

Deno.test("the caption of a line is never written on another line, which it would seem to belong to", () => {
  const along = { name: "validation", points: points(Array<number>(40).fill(0.75)) } as const;
  const ends = { name: "training", points: points([0, 1]) } as const;
  for (const height of [8, 12, 20]) {
    for (const y of [0.6, 0.68, 0.72, 0.78, 0.82, 0.9]) {
      const lines = text({
        width: 60,
        height,
        to: 40,
        series: [ends, along],
        levels: [y],
        levelCaptions: [{ y, captions: [`to beat: ${y}`] }],
        references: [CUP],
      });
      const level = rowOf(lines, /┈{3}/);
      const baseline = rowOf(lines, /always/);
      assert.notEqual(baseline, -1, `${height} rows, ${y}`);
      // If both lines are on one row, only one of them is drawn.
      if (level !== -1) assert.notEqual(baseline, level, `${height} rows, ${y}\n${lines.join("\n")}`);
    }
  }
});

Deno.test("a caption without free room covers curves but never a mark, and no line becomes longer", () => {
  const zigzag = points(Array.from({ length: 20 }, (_, index) => index % 2));
  const input = { width: 30, height: 8, to: 20, series: [{ name: "training", points: zigzag } as const] };
  const lines = text({ ...input, references: [{ y: 0.5, captions: ["always \u6843\u5b50: 0.50"] }] });
  assert.match(lines.join("\n"), /always \u6843\u5b50: 0\.50/);
  assert.deepEqual(new Set(lines.map((line) => stringWidth(line))), new Set([30]));
  assert.deepEqual(text({ ...input, references: [{ y: 0.5, captions: ["x".repeat(40)] }] }).length, 8);
});

const RANGES: readonly [string, readonly number[], number, boolean][] = [
  ["above the curves is always shown", [0.2, 0.25], 0.9, true],
  ["among the curves is shown", [0.2, 0.9], 0.5, true],
  ["a little below the curves is shown", [0.5, 0.9], 0.4, true],
  ["far below the curves is left out", [0.8, 0.9], 0.1, false],
  ["below a single figure is left out", [0.8], 0.1, false],
];
for (const [what, values, y, shown] of RANGES) {
  Deno.test(`a reference line ${what}`, () => {
    const input = { width: 60, height: 12, series: [{ name: "validation", points: points(values) } as const] };
    const [lines, alone] = [text({ ...input, references: [{ ...CUP, y }] }), text(input)];
    assert.equal(/always/.test(lines.join("")), shown);
    if (!shown) assert.deepEqual(lines, alone);
  });
}

Deno.test("a value far beyond the limits of an axis is drawn on it, without delay", () => {
  const startMs = performance.now();
  for (const y of [1e13, -1e300, Number.MAX_VALUE]) {
    const series = [{ name: "validation" as const, points: points([0.1, 0.5, y, 0.5]) }];
    const lines = text({ limits: { min: 0, max: 1 }, series });
    for (const line of lines) assert.equal(stringWidth(line), 20);
  }
  assert.ok(performance.now() - startMs < 5000);
});
