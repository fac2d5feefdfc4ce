import assert from "node:assert/strict";
import { z } from "zod";
import { historyPlot, historyPlotSize } from "../../src/results/history_plot.ts";
import { type PlottedRun, plottedRun } from "../../src/results/plotted_run.ts";
import { runStateOf } from "../../src/run_state/run_state.ts";
import { ALONE, RUN_COLOURS, runStyle } from "../../src/results/plot_style.ts";
import { LESSON, madeUp, recorded, svgOf, textsOf } from "./plotted.ts";
import { lightness } from "./lightness.ts";

Deno.test("a plot takes the 26 epochs, the best one and the early stop of the lesson's run", () => {
  assert.equal(LESSON.epochs.length, 26);
  assert.deepEqual([LESSON.bestEpoch, LESSON.stop], [21, { epoch: 26, why: "stopped early" }]);
});

Deno.test("the lesson's plot has Keras's names, round axis labels, and the best epoch and the early stop in words", async () => {
  const texts = textsOf(await svgOf(LESSON));
  for (const name of ["accuracy", "val_accuracy", "loss", "val_loss", "epoch"]) assert.ok(texts.includes(name), name);
  for (const tick of ["0", "5", "10", "15", "20", "25", "30", "0.2", "0.8", "1"]) assert.ok(texts.includes(tick), tick);
  assert.ok(texts.includes("best val_accuracy at epoch 21: 0.652"));
  assert.ok(texts.includes("best val_accuracy at epoch 21: val_loss 1.1816"));
  assert.equal(texts.filter((text) => text === "stopped early, epoch 26").length, 2);
  assert.ok(texts.some((text) => text.startsWith("lesson   densenet121")));
});

/**
 * Returns the position of a value in a panel, which has 0…30 epochs over 480 units and 0…top over 372 from the bottom.
 */
function place(panel: 0 | 1, epoch: number, value: number, top: number): [number, number] {
  return [(panel === 0 ? 70 : 670) + 480 * (epoch / 30), 62 + 372 * (1 - value / top)];
}

/** Returns the positions of the stars of the best epochs and of the vertical lines of the stops. */
function marksOf(svg: string): { stars: [number, number][]; stops: number[] } {
  const stars = [...svg.matchAll(/transform="matrix\(9,0,0,9,([\d.]+),([\d.]+)\)"/g)];
  const stops = [...svg.matchAll(/<path d="M([\d.]+) 434L\1 62"[^>]*stroke-dasharray="2,3"/g)];
  return {
    stars: stars.map(([, x, y]) => [Number(x), Number(y)]),
    stops: stops.map(([, x]) => Number(x)),
  };
}

/** Asserts a difference of at most half a unit, since ECharts aligns thin lines with whole pixels. */
function near(found: readonly number[] | undefined, wanted: readonly number[]): void {
  assert.equal(found?.length, wanted.length);
  for (const [index, value] of wanted.entries()) assert.ok(Math.abs((found[index] ?? NaN) - value) <= 0.51, `${found}`);
}

Deno.test("the star of the best epoch is on the validation curves, and the stop's line is at the last epoch", async () => {
  const { stars, stops } = marksOf(await svgOf(LESSON));
  assert.equal(stars.length, 2);
  near(stars[0], place(0, 21, 191 / 293, 1));
  near(stars[1], place(1, 21, 1.181591, 2.5));
  near(stops, [place(0, 26, 0, 1)[0], place(1, 26, 0, 1)[0]]);
});

Deno.test("if early stopping monitored a training figure, the star is on that curve", async () => {
  const run: PlottedRun = { ...LESSON, monitor: "accuracy", bestEpoch: 26 };
  const svg = await svgOf(run);
  near(marksOf(svg).stars[0], place(0, 26, 0.908, 1));
  assert.ok(textsOf(svg).includes("best accuracy at epoch 26: 0.908"));
});

Deno.test("a run in progress has no stop, and no best epoch until early stopping has one", async () => {
  const { stars, stops } = marksOf(await svgOf({ ...LESSON, stop: null, bestEpoch: null }));
  assert.deepEqual([stars, stops], [[], []]);
});

const lineSchema = z.object({ color: z.string(), type: z.union([z.string(), z.array(z.number())]) });

Deno.test("several runs differ in colour and marker, and training differs from validation in its line", () => {
  const { series } = historyPlot([LESSON, { ...LESSON, label: "other", bestEpoch: 3 }]);
  assert.ok(Array.isArray(series));
  const drawn = series.filter(({ data }) => Array.isArray(data) && data.length > 0).map((one) => {
    const { name, lineStyle, symbol } = z.looseObject({ name: z.string(), lineStyle: lineSchema, symbol: z.string() })
      .parse(one);
    return { name, style: lineStyle, symbol };
  });
  assert.equal(drawn.length, 8);
  const of = (name: string) => drawn.filter((one) => one.name === name);
  const [first, second] = [of("run 0"), of("run 1")];
  assert.notEqual(first[0]?.symbol, second[0]?.symbol);
  assert.notEqual(first[0]?.style.color, second[0]?.style.color);
  for (const run of [first, second]) {
    assert.equal(new Set(run.map(({ style }) => style.color)).size, 1);
    assert.deepEqual(run.map(({ style }) => style.type === "solid"), [true, false, true, false]);
  }
});

Deno.test("with several runs a list below the panels has each run's marker, best epoch and stop", async () => {
  const other = { ...LESSON, label: "other", bestEpoch: 3, stop: { epoch: 9, why: "stopped on request" } };
  const svg = await svgOf(LESSON, other);
  const texts = textsOf(svg);
  assert.ok(texts.includes("2 runs"));
  assert.equal(texts.filter((text) => text === "best epoch" || text === "stop").length, 4);
  assert.ok(texts.includes("lesson   best val_accuracy at epoch 21: 0.652   stopped early, epoch 26"));
  assert.ok(texts.some((text) => text.startsWith("other ") && text.endsWith("stopped on request, epoch 9")));
  const { stars, stops } = marksOf(svg);
  assert.deepEqual([stars.length, stops.length], [4, 4]);
});

Deno.test("runs with the same label have their own curves and rows in the legend", async () => {
  const texts = textsOf(await svgOf(LESSON, LESSON, LESSON));
  assert.equal(texts.filter((text) => text.startsWith("lesson   best")).length, 3);
});

Deno.test("thirty runs differ in colour or in marker", () => {
  const styles = Array.from({ length: 30 }, (_, place) => JSON.stringify(runStyle(place, 30)));
  assert.equal(new Set(styles).size, 30);
});

Deno.test("in greyscale no two runs look the same, and every line is visible on white", () => {
  const found = RUN_COLOURS.map((colour) => lightness(colour).lightness).sort((one, other) => one - other);
  for (const [index, value] of found.slice(1).entries()) assert.ok(value - (found[index] ?? 0) > 8, `${found}`);
  const firstThree = RUN_COLOURS.slice(0, 3).map((colour) => lightness(colour).lightness).sort((a, b) => a - b);
  for (const [index, value] of firstThree.slice(1).entries()) assert.ok(value - (firstThree[index] ?? 0) > 14);
  for (const colour of [...RUN_COLOURS, ALONE.training, ALONE.validation]) {
    assert.ok(lightness(colour).contrast >= 3, colour);
  }
  assert.ok(lightness(ALONE.training).lightness - lightness(ALONE.validation).lightness > 14);
});

Deno.test("NaN figures leave gaps", async () => {
  assert.match(JSON.stringify(historyPlot([madeUp([0.1, null, 0.3])])), /"value":\[2,"-"\]/);
  const nan = plottedRun("nan", runStateOf(recorded("nan")));
  assert.equal(nan.epochs.at(-1)?.loss, null);
  for (const run of [madeUp([0.1, null, 0.3]), nan]) assert.doesNotMatch(await svgOf(run), /NaN|Infinity|undefined/);
});

Deno.test("a single epoch is a point inside the panel, and five hundred are drawn", async () => {
  const one = await svgOf({ ...madeUp([0.5]), bestEpoch: 1 });
  near(marksOf(one).stars[0], [70 + 480 / 2, 62 + 372 / 2]);
  const many = textsOf(await svgOf(madeUp(Array.from({ length: 500 }, (_, index) => index / 500))));
  for (const tick of ["0", "100", "500"]) assert.ok(many.includes(tick), tick);
});

Deno.test("long names are cut, and names from files cannot inject anything into the terminal or the SVG", async () => {
  const name = `<b>&\x1b[31m${"long ".repeat(60)}`;
  const run = plottedRun(name, runStateOf(recorded("lesson")));
  for (const svg of [await svgOf(run), await svgOf(run, LESSON)]) {
    assert.match(svg, /&lt;b&gt;&amp;long/);
    // deno-lint-ignore no-control-regex -- escape sequences are intended here.
    assert.doesNotMatch(svg, /\x1b|<b>/);
    assert.ok(textsOf(svg).every((text) => text.length < 160));
  }
});

Deno.test("a legend's row cuts a long name only if it has no room, so that the id can be read after a name of 40 columns", async () => {
  const label = `${"n".repeat(40)}  20261127-041610-squeezenet11-grocery10`;
  const texts = textsOf(await svgOf(LESSON, { ...LESSON, label }));
  assert.ok(texts.some((text) => text.startsWith(`${label}   best val_accuracy`)), texts.join("\n"));
  const longer = textsOf(await svgOf(LESSON, { ...LESSON, label: "n".repeat(200) }));
  assert.ok(longer.every((text) => text.length <= 145));
});

/** Where the labels of the stars are in the panels, or null if there is no star. */
function starLabels(run: PlottedRun): (string | null)[] {
  const { series } = historyPlot([run]);
  assert.ok(Array.isArray(series));
  const schema = z.looseObject({ markPoint: z.looseObject({ label: z.looseObject({ position: z.string() }) }) });
  return series.flatMap((one) => {
    const parsed = schema.safeParse(one);
    return parsed.success ? [parsed.data.markPoint.label.position] : [];
  });
}

Deno.test("the star's label covers neither the baseline's caption nor the axis", () => {
  const majority = { name: "Apple", accuracy: 0.1 };
  const epochs = [[0.18, 0.15, 2.4, 4.2], [0.33, 0.213, 1.9, 3]].map((
    [accuracy, val_accuracy, loss, val_loss],
    at,
  ) => ({
    ...{ epoch: at + 1, accuracy: accuracy ?? 0, val_accuracy: val_accuracy ?? 0 },
    ...{ loss: loss ?? 0, val_loss: val_loss ?? 0 },
  }));
  const run: PlottedRun = { ...LESSON, epochs, bestEpoch: 2 };
  assert.deepEqual(starLabels({ ...run, majority: null }), ["bottom", "top"]);
  assert.deepEqual(starLabels({ ...run, majority }), ["top", "top"]);
  const [first, ...others] = epochs;
  assert.ok(first);
  const flat = { ...run, epochs: [{ ...first, loss: 1e20, val_loss: 1e6 }, ...others], bestEpoch: 1 };
  assert.equal(starLabels(flat)[1], "top");
});

Deno.test("the axis of a loss of 1e20 has short labels, which stay beside their panel", async () => {
  const texts = textsOf(await svgOf({ ...madeUp([1.2e20, 1e6, 3.5]), bestEpoch: 2 }));
  for (const tick of ["0", "1e+20", "2e+19"]) assert.ok(texts.includes(tick), `${tick}: ${texts}`);
  assert.ok(texts.every((text) => !/\d{6}/.test(text)), texts.join("\n"));
  assert.ok(texts.some((text) => text.endsWith("1.000e+6")));
  assert.ok(textsOf(await svgOf(madeUp([3000.5, 100]))).includes("3,000"));
});

Deno.test("a run is labelled with its name, if it has one, and its id", () => {
  const events = recorded("lesson").map((event) => event.type === "run" ? { ...event, name: "first try" } : event);
  assert.equal(plottedRun("2026-demo", runStateOf(events)).label, "first try  2026-demo");
});

Deno.test("the rows of the legend have room below the panels, however many runs there are", async () => {
  for (const count of [1, 2, 9]) {
    const svg = await svgOf(...Array.from({ length: count }, () => LESSON));
    const lowest = Math.max(...[...svg.matchAll(/translate\([\d.]+ ([\d.]+)\)/g)].map(([, y]) => Number(y)));
    assert.ok(lowest + 14 <= historyPlotSize(count).height, `${count} runs: ${lowest}`);
  }
});

Deno.test("the majority baseline is a captioned line at its value in the accuracy panel, once for runs that share it", async () => {
  const run: PlottedRun = { ...LESSON, majority: { name: "day <bed>", accuracy: 0.25 } };
  const other: PlottedRun = { ...LESSON, majority: { name: "plate", accuracy: 0.4 } };
  const captions = (svg: string) => textsOf(svg).filter((text) => text.startsWith("always"));
  const starts = (svg: string) =>
    [...svg.matchAll(/<path d="M(70|670) ([\d.]+)L\d+ \2"[^>]*stroke-dasharray="8,3,2,3"/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
  const alone = await svgOf(run);
  assert.deepEqual(captions(alone), ["always predicting day &lt;bed&gt;: 0.25"]);
  const [start, ...more] = starts(alone);
  near(start, place(0, 0, 0.25, 1));
  assert.equal(more.length, 0, "the loss has none");
  assert.deepEqual(captions(await svgOf(run, { ...run, label: "again" })), captions(alone));
  assert.deepEqual(captions(await svgOf(run, other)), ["always predicting plate: 0.40", ...captions(alone)]);
  assert.deepEqual(captions(await svgOf(LESSON)), [], "an older run has none");
});
