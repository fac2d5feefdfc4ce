import assert from "node:assert/strict";
import { Sequence } from "../../../src/sequence.ts";
import { curves, legend, rateCurve, titleAndLegend } from "../../../src/dashboard/panes/chart_data.ts";
import {
  changeCharts,
  type ChartView,
  initialChartView,
  visibleEpochs,
} from "../../../src/dashboard/view/chart_view.ts";
import { UNICODE } from "../../../src/dashboard/drawing/glyphs.ts";
import { intentOf } from "../../../src/dashboard/keys/keys.ts";
import { smoothing } from "../../../src/dashboard/charts/smooth.ts";
import { bestEpochOf } from "../../../src/run_state/run_state.ts";
import { figure } from "../../../src/dashboard/text/formats.ts";
import { metricOf } from "../../../src/metrics.ts";
import { event, pressed, replay, stream } from "../replay.ts";

const VIEW = initialChartView(false);

Deno.test("b cycles through braille, blocks and ASCII; without Unicode it begins with ASCII", () => {
  const next = (view: ChartView) => changeCharts(view, { type: "drawing" }, { epochs: 5, best: 2 });
  assert.deepEqual([VIEW, next(VIEW), next(next(VIEW)), next(next(next(VIEW)))].map(({ drawing }) => drawing), [
    "braille",
    "block",
    "ascii",
    "braille",
  ]);
  assert.equal(initialChartView(true).drawing, "ascii");
});

const WINDOWS = [[0, 1, 0], [5, 1, 5], [26, 17, 26], [500, 376, 500]] as const;
for (const [epochs, from, to] of WINDOWS) {
  Deno.test(`of ${epochs} epochs the newest are ${from} to ${to}`, () => {
    assert.deepEqual(visibleEpochs({ ...VIEW, recent: true }, epochs), { from, to });
    assert.deepEqual(visibleEpochs(VIEW, epochs), { from: 1, to: epochs });
  });
}

Deno.test("the cursor starts at the newest epoch, stays on the chart, and disappears when moved back there", () => {
  const state = replay(stream("lesson"));
  assert.equal(pressed(state, "left").view.charts.cursor, 25);
  assert.equal(pressed(state, "left", "left", "right").view.charts.cursor, 25);
  assert.equal(pressed(state, "H", "H", "L", "left").view.charts.cursor, 15);
  assert.equal(pressed(state, "home").view.charts.cursor, 1);
  assert.equal(pressed(state, "home", "end").view.charts.cursor, null);
  assert.equal(pressed(state, "B").view.charts.cursor, bestEpochOf(state.run));
  assert.equal(pressed(state, "left", "right").view.charts.cursor, null);
  assert.equal(pressed(state, ...Array<string>(40).fill("left")).view.charts.cursor, 1);
  assert.equal(pressed(state, "left", "escape").view.charts.cursor, null);
  assert.equal(pressed(state, "w", ...Array<string>(40).fill("left")).view.charts.cursor, 17);
});

Deno.test("the legend has the figures at the cursor and says which epoch they belong to", () => {
  const state = pressed(replay(stream("lesson")), ...Array<string>(5).fill("left"));
  const epoch = state.run.epochs.at(20);
  assert.ok(epoch);
  const entries = legend(curves(state, metricOf("accuracy")), UNICODE, 80).map(({ text }) => text);
  assert.deepEqual(entries, [
    "epoch 21",
    `┄ train ${epoch.accuracy?.toFixed(4)}`,
    `━ val ${epoch.val_accuracy?.toFixed(4)}`,
  ]);
});

Deno.test("titles mention every setting that differs from the default", () => {
  const state = pressed(replay(stream("lesson")), "l", "m", "w");
  assert.equal(curves(state, metricOf("loss")).title, "Loss, log, smoothed 0.6, newest");
  assert.equal(curves(state, metricOf("accuracy")).title, "Accuracy, smoothed 0.6, newest");
  assert.equal(curves(pressed(state, "l", "m", "m", "w"), metricOf("loss")).title, "Loss");
});

Deno.test("smoothing is TensorBoard's: the first value unchanged, then means whose weights sum to 1", () => {
  const figures = Sequence.of([4, null, 2, 2]);
  assert.deepEqual([...figures.scan(smoothing(0))], [...figures]);
  const [first, gap, second] = figures.scan(smoothing(0.5));
  assert.deepEqual([first, gap], [4, null]);
  assert.ok(Math.abs((second ?? NaN) - (4 * 0.25 + 2 * 0.5) / 0.75) < 1e-12);
});

Deno.test("a smoothed curve is drawn over the raw one, and the best epoch is marked on the raw one", () => {
  const state = replay(stream("lesson"));
  const [raw, smoothed] = [curves(state, metricOf("accuracy")), curves(pressed(state, "m"), metricOf("accuracy"))];
  assert.deepEqual(smoothed.mark, raw.mark);
  assert.deepEqual(smoothed.series.map(({ name, faint }) => [name, faint ?? false]), [
    ["training", true],
    ["validation", true],
    ["training", false],
    ["validation", false],
  ]);
  assert.deepEqual(smoothed.series[1]?.points, raw.series[1]?.points);
  assert.notDeepEqual(smoothed.series[3]?.points, raw.series[1]?.points);
  assert.equal(raw.mark?.y, Math.max(...[...raw.series[1]?.points.ys ?? []].map((y) => y ?? -Infinity)));
});

Deno.test("if a legend is too long, the validation figure is the last to be left out", () => {
  const data = curves(pressed(replay(stream("lesson")), "left"), metricOf("accuracy"));
  const names = (width: number) => legend(data, UNICODE, width).map(({ name }) => name);
  assert.deepEqual(names(80), [null, "training", "validation"]);
  assert.deepEqual(names(20), [null, "validation"]);
  assert.deepEqual(names(10), ["validation"]);
  assert.deepEqual(names(3), []);
});

Deno.test("beside a smoothed curve's title the epoch of the cursor and the word raw stay in a narrow pane", () => {
  const state = pressed(replay(stream("lesson")), "left", "l", "m");
  const narrow = (metric: "loss" | "accuracy", width = 36) => {
    const { title, entries } = titleAndLegend(
      curves(state, metricOf(metric)),
      UNICODE,
      (title) => width - title.length,
    );
    return [
      title,
      ...entries.map(({ text }) => text.replace(/ [\d.]+$/, (figure) => (figure.includes(".") ? "" : figure))),
    ];
  };
  assert.deepEqual(narrow("accuracy"), ["Accuracy", "raw at 25", "━"]);
  assert.deepEqual(narrow("accuracy", 40), ["Accuracy", "raw at 25", "┄", "━"]);
  assert.deepEqual(narrow("loss"), ["Loss", "raw at 25", "┄", "━"]);
  assert.deepEqual(narrow("loss", 48), ["Loss, log, smoothed", "raw at 25", "┄", "━"]);
  assert.deepEqual(narrow("loss", 80), ["Loss, log, smoothed 0.6", "raw, epoch 25", "┄ train", "━ val"]);
  const { title } = titleAndLegend(curves(pressed(state, "right"), metricOf("loss")), UNICODE, () => 10);
  assert.equal(title, "Loss, log, smoothed 0.6");
});

Deno.test("a narrow title says that the curve is smoothed rather than what the axes show, beside figures called raw", () => {
  const state = pressed(replay(stream("lesson")), "l", "m", "w");
  for (const metric of ["accuracy", "loss"] as const) {
    const data = curves(state, metricOf(metric));
    for (let width = 34; width <= 80; width++) {
      const { title, entries } = titleAndLegend(data, UNICODE, (title) => width - title.length);
      assert.match(title, /, smoothed/, `${metric} in ${width} columns`);
      assert.ok(entries.some(({ text }) => text === "raw"), `${metric} in ${width} columns`);
    }
  }
});

Deno.test("charts of the same width say the epoch in the same words, and the validation figure is there wherever any is", () => {
  const state = pressed(replay(stream("lesson")), "left");
  for (const shown of [state, pressed(state, "m"), pressed(state, "l", "m", "w"), pressed(state, "l")]) {
    for (let width = 20; width <= 120; width++) {
      const both = (["accuracy", "loss"] as const).map((metric) => {
        const data = curves(shown, metricOf(metric));
        return titleAndLegend(data, UNICODE, (title) => width - title.length).entries;
      });
      const [one, other] = both.map((entries) => entries.find(({ name }) => name === null)?.text);
      const placed = [one, other].filter((text) => text !== undefined && text !== "raw");
      assert.equal(new Set(placed).size, Math.min(1, placed.length), `${width}: ${one} and ${other}`);
      for (const entries of both) {
        assert.ok(entries.length === 0 || entries.some(({ name }) => name === "validation"), `${width}`);
      }
    }
  }
});

Deno.test("the chart of images per second begins shortly before the first rate, however long the base takes to load", () => {
  const rates = [27, 30, 33].map((seconds) => ({ seconds, perSecond: seconds }));
  const { from, to, labels } = rateCurve({ rates });
  assert.equal(from, 25);
  assert.ok(to >= 35 && to <= 45, `${to}`);
  assert.equal(labels.validation, "latest", "also true while the run is paused");
  assert.equal(rateCurve({ rates: [] }).from, 0);
});

Deno.test("the legend's figures are not smoothed", () => {
  const state = replay(stream("lesson"));
  assert.deepEqual(curves(pressed(state, "m"), metricOf("loss")).figures, curves(state, metricOf("loss")).figures);
});

Deno.test("the figure that an epoch must beat is a line in the chart of the monitored metric during the run", () => {
  const events = stream("lesson");
  const running = replay(events.slice(0, 132));
  assert.deepEqual(curves(running, metricOf("accuracy")).levels, [running.run.earlyStopping?.threshold]);
  const threshold = running.run.earlyStopping?.threshold ?? null;
  assert.deepEqual(curves(running, metricOf("accuracy")).levelCaptions, [
    { y: threshold, captions: [`to beat: ${figure(threshold)}`] },
  ]);
  assert.deepEqual(curves(running, metricOf("loss")).levels, []);
  assert.deepEqual(curves(replay(events), metricOf("accuracy")).levels, []);
});

Deno.test("the keys of the charts do nothing before there are curves, except b", () => {
  const state = replay(stream("extracting"));
  for (const key of ["left", "right", "l", "m", "w"]) assert.equal(intentOf(state, key), null, key);
  assert.notEqual(intentOf(state, "b"), null);
});

Deno.test("the run's majority baseline is a line in the accuracy chart, after the end too", () => {
  const events = stream("lesson");
  const said = event({ type: "classes", majority: { class: 2, accuracy: 0.25 }, weights: null });
  for (const state of [replay([...events.slice(0, 132), said]), replay([...events, said])]) {
    assert.deepEqual(curves(state, metricOf("accuracy")).references, [{
      y: 0.25,
      captions: ["always predicting plate: 0.25", "always plate: 0.25"],
    }]);
    assert.deepEqual(curves(state, metricOf("loss")).references, []);
  }
  assert.deepEqual(curves(replay(events), metricOf("accuracy")).references, [], "an older run does not say it");
});

Deno.test("beside a smoothed curve the figures are called raw at every width that shows one, and only there", () => {
  const before = replay(stream("lesson"));
  const smoothed = pressed(before, "m");
  for (const state of [smoothed, pressed(smoothed, "left"), pressed(smoothed, "l", "w", "m")]) {
    for (const metric of ["loss", "accuracy"] as const) {
      for (let width = 20; width <= 150; width++) {
        const data = curves(state, metricOf(metric));
        const { title, entries } = titleAndLegend(data, UNICODE, (title) => width - title.length - 3);
        if (entries.length === 0) continue;
        assert.match(entries[0]?.text ?? "", /^raw/, `${width}: ${title} ${entries.map(({ text }) => text)}`);
      }
    }
  }
  const { entries } = titleAndLegend(curves(before, metricOf("loss")), UNICODE, () => 100);
  assert.ok(entries.every(({ text }) => !text.includes("raw")));
});
