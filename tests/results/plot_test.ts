import assert from "node:assert/strict";
import { join } from "node:path";
import type { EpochFigures, RunEvent } from "../../src/events.ts";
import { confusionPlot, confusionPlotSize } from "../../src/results/confusion_plot.ts";
import { drawSvg, plotFormat, toPng } from "../../src/results/draw_plot.ts";
import { historyPlot, historyPlotSize } from "../../src/results/history_plot.ts";
import { metrics } from "../../src/results/metrics.ts";
import { type PlottedRun, plottedRun } from "../../src/results/plotted_run.ts";
import { terminalPlot } from "../../src/results/terminal_plot.ts";
import { readEvents } from "../../src/run/event_log.ts";
import { stringWidth } from "../../src/dashboard/width.ts";
import { headlight } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";

const recorded = (name: string) => readEvents(new URL(`../fixtures/runs/${name}.jsonl`, import.meta.url).pathname);
const LESSON = recorded("lesson");

/** The texts in an SVG, entities as they are. */
function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = ""]) => text);
}

const svgOf = (...runs: PlottedRun[]) => drawSvg(historyPlot(runs), historyPlotSize(runs.length));

function madeUp(epochs: readonly (number | null)[], stop: PlottedRun["stop"] = null): PlottedRun {
  return {
    id: "made-up",
    facts: "",
    epochs: epochs.map((value, index): EpochFigures => ({
      epoch: index + 1,
      accuracy: value,
      val_accuracy: value,
      loss: value,
      val_loss: value,
    })),
    monitor: "val_accuracy",
    bestEpoch: null,
    stop,
  };
}

Deno.test("the lesson's run: Keras's names, round axis labels, the best epoch and the early stop", async () => {
  const run = plottedRun("lesson", LESSON);
  assert.deepEqual([run.epochs.length, run.bestEpoch, run.stop], [26, 21, { epoch: 26, why: "stopped early" }]);
  const texts = textsOf(await svgOf(run));
  for (const name of ["accuracy", "val_accuracy", "loss", "val_loss", "epoch"]) assert.ok(texts.includes(name), name);
  for (const tick of ["0", "5", "10", "15", "20", "25", "30", "0.2", "0.8", "1"]) assert.ok(texts.includes(tick), tick);
  assert.ok(texts.includes("best: epoch 21, 0.652"));
  assert.equal(texts.filter((text) => text === "stopped early, epoch 26").length, 2);
});

Deno.test("the mark of the best epoch lies on the validation curve, that of the stop at the last epoch", () => {
  const { series } = historyPlot([plottedRun("lesson", LESSON)]);
  assert.ok(Array.isArray(series));
  const validation = series.find(({ name }) => name === "val_accuracy");
  const text = JSON.stringify(validation);
  assert.match(text, /"coord":\[21,0\.65187\d*\]/);
  assert.match(text, /"xAxis":26/);
});

Deno.test("several runs are told apart by colour and marker, training from validation by its line", () => {
  const other = { ...plottedRun("other", LESSON), bestEpoch: 3 };
  const { series } = historyPlot([plottedRun("lesson", LESSON), other]);
  assert.ok(Array.isArray(series));
  assert.equal(series.length, 8);
  const style = (name: string) => {
    const { symbol, lineStyle } = JSON.parse(JSON.stringify(series.find((one) => one.name === name)));
    return { symbol, line: lineStyle };
  };
  const [one, two] = [style("val_accuracy  lesson"), style("val_accuracy  other")];
  assert.notEqual(one.symbol, two.symbol);
  assert.notEqual(one.line.color, two.line.color);
  assert.equal(one.line.type, "solid");
  assert.notEqual(style("accuracy  lesson").line.type, "solid");
});

Deno.test("figures that are no number leave gaps; one epoch, and five hundred, are drawn", async () => {
  const gap = historyPlot([madeUp([0.1, null, 0.3])]);
  assert.match(JSON.stringify(gap), /"value":\[2,"-"\]/);
  for (const run of [madeUp([0.1, null, 0.3]), madeUp([0.5]), madeUp(Array.from({ length: 500 }, (_, i) => i / 500))]) {
    const svg = await svgOf(run);
    assert.doesNotMatch(svg, /NaN|Infinity/);
    assert.ok(textsOf(svg).includes("epoch"));
  }
  const nan = plottedRun("nan", recorded("nan"));
  if (nan.epochs.length > 0) assert.doesNotMatch(await svgOf(nan), /NaN/);
});

Deno.test("a PNG has twice the plot's size in pixels, and its text does not hang on the machine's fonts", async () => {
  const size = historyPlotSize(1);
  const png = await toPng(await svgOf(plottedRun("lesson", LESSON)));
  assert.deepEqual([...png.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  const view = new DataView(png.buffer, png.byteOffset);
  assert.deepEqual([view.getUint32(16), view.getUint32(20)], [2 * size.width, 2 * size.height]);
  // The same drawing without its texts is smaller: they were drawn.
  const bare = await toPng((await svgOf(plottedRun("lesson", LESSON))).replaceAll(/<text[^>]*>[^<]*<\/text>/g, ""));
  assert.ok(png.length > bare.length * 1.1, `${png.length} ${bare.length}`);
});

Deno.test("the matrix as a picture has every class twice and every count", async () => {
  const classes = ["fox", "owl", "a class with quite a long name"];
  const found = metrics({
    classes,
    labels: Int32Array.of(0, 0, 1, 2, 2),
    probabilities: Float64Array.from([...[1, 0, 0], ...[0, 1, 0], ...[0, 1, 0], ...[0, 0, 1], ...[1, 0, 0]]),
  });
  const head = { run: "a-run", checkpoint: "best", epoch: 3, pictures: "pictures" };
  const texts = textsOf(await drawSvg(confusionPlot(head, found), confusionPlotSize(found)));
  assert.equal(texts.filter((text) => text === "fox").length, 2);
  assert.equal(texts.filter((text) => text === "1").length, 5);
  for (const text of ["true", "predicted", "a class with quite a …"]) assert.ok(texts.includes(text), text);
  const many = { ...found, classes: Array.from({ length: 100 }, (_, i) => ({ name: `c${i}` })) };
  assert.ok(confusionPlotSize(many as never).width < 2000);
});

for (const [columns, ascii] of [[80, false], [200, false], [80, true]] as const) {
  Deno.test(`in a terminal of ${columns} columns${ascii ? " without UTF-8" : ""} both charts stand side by side, inside`, () => {
    const plain = (text: string) => text;
    const lines = terminalPlot(plottedRun("lesson", LESSON), LESSON, { columns, ascii, paint: plain });
    assert.ok(lines.every((line) => stringWidth(line) <= columns));
    assert.match(lines[0] ?? "", /^lesson .* best epoch 21 .* stopped early after epoch 26$/);
    assert.match(lines[1] ?? "", /^accuracy .*loss /);
    assert.ok(lines.length >= 13);
    // deno-lint-ignore no-control-regex -- what is not ASCII is looked for.
    if (ascii) assert.doesNotMatch(lines.join(""), /[^\x00-\x7f]/);
  });
}

Deno.test("bad input: another ending than .png and .svg is refused", () => {
  assert.equal(plotFormat("A.PNG"), "png");
  assert.throws(() => plotFormat("history.pdf"), /--out history\.pdf: a name that ends in \.png or \.svg is wanted/);
});

/** A run's folder with these events. */
function makeRun(folder: string, id: string, events: readonly RunEvent[]): string {
  const path = join(folder, id);
  Deno.mkdirSync(path, { recursive: true });
  Deno.writeTextFileSync(join(path, "config.json"), "{}");
  Deno.writeTextFileSync(join(path, "events.jsonl"), events.map((event) => JSON.stringify(event) + "\n").join(""));
  return path;
}

Deno.test("plot writes history.png into the run, a named file of several runs, and lines with --term", async () => {
  await withTemporaryFolder(async (folder) => {
    const [one, two] = ["one", "two"].map((id) => makeRun(folder, id, LESSON));
    assert.ok(one && two);
    const alone = await headlight(["plot", "one", "--runs", folder]);
    assert.deepEqual([alone.status, alone.stdout.trim()], [0, join(one, "history.png")], alone.stderr);
    assert.ok(Deno.statSync(join(one, "history.png")).size > 10_000);
    const both = await headlight(["plot", one, two, "--out", join(folder, "both.svg")]);
    assert.equal(both.status, 0, both.stderr);
    const texts = textsOf(Deno.readTextFileSync(join(folder, "both.svg")));
    assert.ok(texts.includes("2 runs") && texts.includes("val_loss  two"));
    const term = await headlight(["plot", "one", "--runs", folder, "--term"], { env: { LANG: "C.UTF-8" } });
    assert.equal(term.status, 0);
    // deno-lint-ignore no-control-regex -- an escape is what is looked for.
    assert.doesNotMatch(term.stdout, /\x1b/);
    assert.ok(term.stdout.split("\n").every((line) => stringWidth(line) <= 80));
  });
});

Deno.test("bad input: plot of a run without an epoch, and --term with --out, are one line, exit status 2", async () => {
  await withTemporaryFolder(async (folder) => {
    makeRun(folder, "none", recorded("extracting"));
    const empty = await headlight(["plot", "none", "--runs", folder]);
    assert.deepEqual([empty.status, empty.stderr], [
      2,
      "headlight: run none has no finished epoch: there is nothing to plot\n",
    ]);
    const two = await headlight(["plot", "none", "--runs", folder, "--term", "--out", "x.png"]);
    assert.equal(two.status, 2);
    assert.match(two.stderr, /--term and --out exclude each other/);
  });
});
