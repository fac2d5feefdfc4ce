/** The captions of majority baselines in plots of several runs. */
import assert from "node:assert/strict";
import { drawSvg } from "../../src/results/draw_plot.ts";
import { PANELS } from "../../src/results/history_curves.ts";
import { PANEL_SIZE, panelPlot } from "../../src/results/panel_plot.ts";
import type { PlottedRun } from "../../src/results/plotted_run.ts";
import { terminalPlot } from "../../src/results/terminal_plot.ts";
import { LESSON, svgOf } from "./plotted.ts";

interface Caption {
  readonly text: string;
  /** The right end and the middle of its row, in units of the plot. */
  readonly right: number;
  readonly middle: number;
}

/** Returns the captions in the order in which they are drawn. */
function captionsOf(svg: string): Caption[] {
  const pattern = /<text[^>]* y="([-\d.]+)" transform="translate\(([\d.]+) ([\d.]+)\)"[^>]*>((?:always|most)[^<]*)</g;
  return [...svg.matchAll(pattern)].map(([, down, right, top, text = ""]) => ({
    text,
    right: Number(right),
    middle: Number(top) + Number(down),
  }));
}

/** The height of a capital and a descender of the font, and the mean width of a character, in units of the plot. */
const [HEIGHT, WIDTH] = [13, 7.2];

/** Returns the heights of the lines of baselines in the accuracy panel. */
function linesOf(svg: string): number[] {
  return [...svg.matchAll(/<path d="M[\d.]+ ([\d.]+)L[\d.]+ \1"[^>]*stroke-dasharray="8,3,2,3"/g)].map(([, y]) =>
    Number(y)
  );
}

function runsWith(...accuracies: readonly number[]): PlottedRun[] {
  return accuracies.map((accuracy, place) => ({
    ...LESSON,
    label: `run ${place}`,
    majority: { name: `class ${place}`, accuracy },
  }));
}

const accuracyPanel = PANELS.find(({ name }) => name === "accuracy");
assert.ok(accuracyPanel);
const PLOTS = [
  { what: "plot", draw: (runs: readonly PlottedRun[]) => svgOf(...runs), top: 0, left: 70 },
  {
    what: "report",
    draw: (runs: readonly PlottedRun[]) => drawSvg(panelPlot(runs, accuracyPanel), PANEL_SIZE),
    top: 0,
    left: 0,
  },
];
const HEIGHTS = [
  [0.25, 0.265],
  [0.25, 0.25],
  [0.25, 0.28, 0.31],
  [0.99, 0.98, 1],
  [0, 0.01],
  [0.2, 0.23, 0.5, 0.53],
  [0.2, 0.24, 0.28, 0.32, 0.36],
];

for (const { what, draw, top, left } of PLOTS) {
  Deno.test(`in a ${what} of several runs no caption of a baseline covers another one, and each baseline has its line`, async () => {
    for (const accuracies of HEIGHTS) {
      const svg = await draw(runsWith(...accuracies));
      const captions = captionsOf(svg).toSorted((one, other) => one.middle - other.middle);
      const shown = accuracies.length > 4 ? 1 : accuracies.length;
      assert.equal(captions.length, shown, `${accuracies}`);
      for (const [place, { middle, text, right }] of captions.entries()) {
        const next = captions[place + 1]?.middle ?? Infinity;
        assert.ok(next - middle >= HEIGHT, `${accuracies}: ${text} at ${middle}, the next one at ${next}`);
        assert.ok(middle - HEIGHT / 2 >= top, `${accuracies}: ${text} at ${middle}`);
        assert.ok(right - WIDTH * text.length >= left, `${text} begins left of its plot`);
      }
      assert.equal(linesOf(svg).length, accuracies.length);
    }
  });
}

Deno.test("captions of baselines at similar heights are in the order of their lines, not on one of them", async () => {
  const svg = await svgOf(...runsWith(0.25, 0.28, 0.31));
  const captions = captionsOf(svg).toSorted((one, other) => one.middle - other.middle);
  assert.deepEqual(captions.map(({ text }) => text.slice(-4)), ["0.31", "0.28", "0.25"]);
  const highest = Math.min(...linesOf(svg));
  for (const { text, middle } of captions) assert.ok(middle + HEIGHT / 2 <= highest, text);
});

Deno.test("more than four baselines at similar heights have one caption with their range", async () => {
  const [caption] = captionsOf(await svgOf(...runsWith(0.2, 0.24, 0.28, 0.32, 0.36)));
  assert.equal(caption?.text, "most frequent class, 5 baselines: 0.20 to 0.36");
});

Deno.test("runs with other seeds, whose baselines are shown with the same figure, have one line and one caption", async () => {
  const runs = [0.2512, 0.2498].map((accuracy): PlottedRun => ({ ...LESSON, majority: { name: "Apple", accuracy } }));
  const svg = await svgOf(...runs);
  assert.deepEqual([captionsOf(svg).length, linesOf(svg).length], [1, 1]);
});

Deno.test("a caption of a baseline has the short wording where the long one is wider than its panel", async () => {
  const run: PlottedRun = { ...LESSON, majority: { name: "x".repeat(40), accuracy: 0.5 } };
  const [inPlot] = captionsOf(await svgOf(run));
  const [inReport] = captionsOf(await drawSvg(panelPlot([run], accuracyPanel), PANEL_SIZE));
  assert.match(inPlot?.text ?? "", /^always predicting x+/);
  assert.match(inReport?.text ?? "", /^always x+…: 0\.50$/);
});

Deno.test("in the terminal two baselines at nearly the same height both have their whole caption", () => {
  for (const columns of [80, 120, 160]) {
    const lines = terminalPlot(runsWith(0.25, 0.265), { columns, ascii: false, paint: ({ text }) => text });
    for (const name of ["class 0: 0.25", "class 1: 0.27"]) {
      assert.match(lines.join("\n"), new RegExp(`always (?:predicting )?${name}`), `${columns} columns`);
    }
  }
});
