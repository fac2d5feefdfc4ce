/** Checks that figures can be read off the axes of drawn charts, as a person reads them. */
import assert from "node:assert/strict";
import { pointsOf } from "../../../src/dashboard/charts/points.ts";
import { DOTS_PER_ROW } from "../../../src/dashboard/charts/canvas.ts";
import { type ChartInput, drawChart } from "../../../src/dashboard/charts/draw_chart.ts";
import { linearScale } from "../../../src/dashboard/charts/linear_scale.ts";
import { logScale } from "../../../src/dashboard/charts/log_scale.ts";
import type { Drawing } from "../../../src/dashboard/charts/series.ts";
import { uniformFloat32 } from "pure-rand/distribution/uniformFloat32";
import { stream } from "../../../src/training/random.ts";

const DRAWINGS: readonly Drawing[] = ["braille", "block", "ascii"];
const LIMITS = { min: 0, max: 1 };

/** A drawn tick: the value of its label and its position. */
interface ReadTick {
  readonly value: number;
  /** In dots from the top. */
  readonly dot: number;
}

/** A label, the height of a tick of a logarithmic axis, and the axis. */
const TICK = /^ *(-?[\d.]+(?:e[+-]?\d+)?)(.)[┤+]/;

/**
 * The characters before the ticks of a logarithmic axis by their dot from the top of a row. Ticks of a linear axis are
 * in the middle of the row.
 */
const LOG_DOTS = ["⠉⠒⠤⣀", "▀▄", " "];

function readTicks(lines: readonly string[], drawing: Drawing, log: boolean): ReadTick[] {
  const down = DOTS_PER_ROW[drawing];
  return lines.flatMap((line, row) => {
    const [, label, mark] = TICK.exec(line) ?? [];
    if (label === undefined || mark === undefined) return [];
    const within = log
      ? (LOG_DOTS.map((dots) => dots.indexOf(mark)).find((dot) => dot >= 0) ?? NaN)
      : Math.floor(down / 2);
    return [{ value: Number(label), dot: row * down + within }];
  });
}

/** Returns the value of a dot, computed from the two ticks that are farthest apart. */
function reader(ticks: readonly ReadTick[], log: boolean) {
  const [top, bottom] = [ticks[0], ticks.at(-1)];
  assert.ok(top && bottom && top.dot < bottom.dot, "an axis has two ticks");
  const [from, to] = log ? [Math.log(top.value), Math.log(bottom.value)] : [top.value, bottom.value];
  const perDot = (from - to) / (bottom.dot - top.dot);
  return { at: (dot: number) => from - (dot - top.dot) * perDot, perDot };
}

const QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█";
const BRAILLE_ROWS = [0x09, 0x12, 0x24, 0xc0];

/** Returns the drawn dots from left to right, each with its row in dots from the top. */
function dotsIn(lines: readonly string[], drawing: Drawing): { column: number; row: number }[] {
  const down = DOTS_PER_ROW[drawing];
  const axis = Math.max(...lines.map((line) => (TICK.exec(line)?.[0].length ?? 0) - 1));
  return lines.flatMap((line, row) => {
    return [...line.slice(axis + 1)].flatMap((character, column) =>
      dotRows(character, drawing).map((dot) => ({ column, row: row * down + dot }))
    );
  }).sort((one, other) => one.column - other.column);
}

/** Returns the rows of a character that have a dot. */
function dotRows(character: string, drawing: Drawing): number[] {
  if (drawing === "ascii") return character === "o" ? [0] : [];
  if (drawing === "block") {
    const bits = QUADRANTS.indexOf(character);
    return bits <= 0 ? [] : [bits & 3 ? 0 : -1, bits & 12 ? 1 : -1].filter((row) => row >= 0);
  }
  const bits = (character.codePointAt(0) ?? 0) - 0x2800;
  return bits <= 0 || bits > 255 ? [] : BRAILLE_ROWS.flatMap((mask, row) => (bits & mask ? [row] : []));
}

function lines(input: Partial<ChartInput> & { readonly drawing: Drawing; readonly height: number }): string[] {
  const whole: ChartInput = { width: 40, series: [], from: 1, to: 2, ...input };
  return drawChart(whole).slice(0, -1).map((runs) => runs.map((run) => run.text).join(""));
}

/** Yields ranges of accuracies, losses and rates, and random ones. */
function* ranges(): Generator<{ min: number; max: number; limited: boolean }> {
  yield* [[0.207, 0.652], [0.33, 2.42], [0, 38], [1200, 5400], [0.9, 1], [0, 1], [0.5, 0.5], [0.001, 2.3], [1e-9, 1]]
    .map(([min = 0, max = 0]) => ({ min, max, limited: max <= 1 }));
  const generator = stream(7, "axes");
  const next = () => uniformFloat32(generator);
  for (let count = 0; count < 150; count++) {
    const scale = 10 ** Math.floor(next() * 10 - 5);
    const [one, other] = [next() * scale, next() * scale];
    yield { min: Math.min(one, other), max: Math.max(one, other), limited: false };
  }
}

for (const log of [false, true]) {
  const name = log ? "a logarithmic" : "a linear";
  Deno.test(`on ${name} axis every figure can be read off within one dot, and marks and lines are within half a row of it`, () => {
    for (const { min, max, limited } of ranges()) {
      if (log && min <= 0) continue;
      for (const drawing of DRAWINGS) {
        for (const height of [4, 5, 6, 7, 8, 9, 11, 12, 15, 20, 26]) {
          const what = `${min}…${max}, ${drawing}, ${height} rows`;
          const value = min + (max - min) * 0.37;
          const down = DOTS_PER_ROW[drawing];
          const input: Partial<ChartInput> = { log, ...(limited ? { limits: LIMITS } : {}) };
          const points = pointsOf([{ x: 1, y: min }, { x: 1.2, y: null }, { x: 2, y: max }]);
          const series = [{ name: "validation", points }, {
            name: "validation",
            points: pointsOf([{ x: 1.5, y: value }]),
          }] as const;
          const drawn = lines({ ...input, drawing, height, series });
          const ticks = readTicks(drawn, drawing, log);
          const { at, perDot } = reader(ticks, log);
          const wanted = (figure: number) => (log ? Math.log(figure) : figure);
          // Three single dots in different columns: left, middle and right.
          const drawnDots = dotsIn(drawn, drawing);
          assert.equal(drawnDots.length, 3, `${drawnDots.length} dots: ${what}\n${drawn.join("\n")}`);
          for (const [place, figure] of [min, value, max].entries()) {
            const dot = drawnDots[place]?.row ?? NaN;
            const slack = perDot * 0.501 + 1e-9 * Math.abs(wanted(figure));
            assert.ok(Math.abs(at(dot) - wanted(figure)) <= slack, `${figure} is read as ${at(dot)}: ${what}`);
          }
          for (
            const [sign, drawnSign] of [
              ["◆", lines({ ...input, drawing, height, series, mark: { x: 1.5, y: value } })],
              ["┈", lines({ ...input, drawing, height, series, levels: [value] })],
            ] as const
          ) {
            const character = drawing !== "ascii" ? sign : sign === "◆" ? "X" : "-";
            const row = drawnSign.findIndex((line) => line.slice(8).includes(character));
            assert.ok(row >= 0, `${character} is not drawn: ${what}\n${drawnSign.join("\n")}`);
            const middle = at(row * down + (down - 1) / 2);
            const slack = perDot * (down / 2 + 0.501);
            assert.ok(
              Math.abs(middle - wanted(value)) <= slack,
              `${character} at ${middle}, not ${wanted(value)}: ${what}`,
            );
          }
        }
      }
    }
  });
}

Deno.test("all ticks of a linear axis are at the same dot of their rows, with equal distances", () => {
  for (const { min, max, limited } of ranges()) {
    for (const dotsPerRow of [4, 2, 1]) {
      for (let rows = 2; rows < 30; rows++) {
        const { ticks, lower, upper } = linearScale(min, max, { rows, dotsPerRow }, limited ? LIMITS : {});
        const what = `${min}…${max} in ${rows} rows of ${dotsPerRow}: ${JSON.stringify(ticks)}`;
        assert.equal(new Set(ticks.map(({ dot }) => dot % dotsPerRow)).size, 1, what);
        const gaps = ticks.slice(1).map(({ dot }, index) => dot - (ticks[index]?.dot ?? NaN));
        assert.equal(new Set(gaps).size, 1, what);
        const steps = ticks.slice(1).map(({ value }, index) => value - (ticks[index]?.value ?? NaN));
        assert.ok(Math.max(...steps) - Math.min(...steps) <= 1e-9 * Math.max(...steps.map(Math.abs)), what);
        assert.ok(lower <= min + 1e-9 * Math.abs(min) + 1e-12 && upper >= max - 1e-6 * Math.abs(max), what);
        if (limited) assert.ok(ticks.every(({ value }) => value >= 0 && value <= 1), what);
      }
    }
  }
});

Deno.test("values beyond the limits, as in a damaged log, have an axis too", () => {
  for (const [min, max] of [[-0.2, 0.02], [-0.2, -0.1], [-3, 1], [0.9, 1.05], [0, 40], [-0.001, 1.001]] as const) {
    for (let rows = 2; rows < 30; rows++) {
      const { lower, upper, ticks } = linearScale(min, max, { rows, dotsPerRow: 4 }, LIMITS);
      assert.ok(lower <= min && upper >= max - 1e-6 && ticks.length >= 2, `${min}…${max} in ${rows} rows`);
    }
  }
});

const AXES: readonly [number, number, number, readonly string[]][] = [
  [0.207, 0.908, 7, ["0.25", "0.50", "0.75"]],
  [0.207, 0.908, 25, ["0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1.0"]],
  [0.33, 2.42, 7, ["1", "2"]],
  [0.62, 0.64, 12, ["0.62", "0.63", "0.64"]],
  [0, 38, 7, ["0", "20", "40"]],
  [1200, 5400, 7, ["2000", "4000"]],
];

for (const [min, max, rows, expected] of AXES) {
  Deno.test(`the axis for ${min}…${max} in ${rows} rows has ${expected.join(" ")}`, () => {
    assert.deepEqual(linearScale(min, max, { rows, dotsPerRow: 4 }).ticks.map(({ label }) => label), expected);
  });
}

const LOG_AXES: readonly [number, number, number, readonly string[]][] = [
  [0.33, 2.42, 25, ["0.5", "1.0", "1.5", "2.0"]],
  [0.33, 2.42, 7, ["0.5", "1", "2"]],
  [0.004, 2.3, 12, ["0.01", "0.1", "1"]],
  [1e-9, 1, 12, ["1e-9", "1e-6", "0.001", "1"]],
  [1, 1, 7, ["1.0", "1.1"]],
];

for (const [min, max, rows, expected] of LOG_AXES) {
  Deno.test(`the logarithmic axis for ${min}…${max} in ${rows} rows has ${expected.join(" ")}`, () => {
    assert.deepEqual(logScale(min, max, { rows, dotsPerRow: 4 }).ticks.map(({ label }) => label), expected);
  });
}

Deno.test("a logarithmic axis is nine tenths full wherever its figures have room for two ticks", () => {
  for (const { min, max } of ranges()) {
    if (min <= 0 || max / min < 1.2) continue;
    const { lower, upper } = logScale(min, max, { rows: 20, dotsPerRow: 4 });
    assert.ok(Math.log(max / min) / Math.log(upper / lower) >= 0.9, `${min}…${max}: ${lower}…${upper}`);
  }
});
