import assert from "node:assert/strict";
import { curves, legend } from "../../../src/dashboard/panes/chart_data.ts";
import { UNICODE } from "../../../src/dashboard/drawing/glyphs.ts";
import { besideLine } from "../../../src/dashboard/run_text/describe.ts";
import { stringWidth } from "../../../src/dashboard/text/width.ts";
import type { BesideRun } from "../../../src/dashboard/view/view_state.ts";
import { metricOf } from "../../../src/metrics.ts";
import { changed, lessonAfter, replay, stream } from "../replay.ts";

const { run } = replay(stream("overfit"));
const other = run.epochs;
const state = replay([{ type: "beside", id: "other", run }], lessonAfter(20));

Deno.test("two runs are compared in one chart: the other's curves are behind, and the axis is as long as the longer run", () => {
  const { series, to, from } = curves(state, metricOf("accuracy"));
  assert.deepEqual(series.map(({ name, run, points }) => [name, run, points.xs.length]), [
    ["training", 1, 40],
    ["validation", 1, 40],
    ["training", undefined, 20],
    ["validation", undefined, 20],
  ]);
  assert.equal(from, 1);
  assert.ok(to >= 40);
});

Deno.test("a letter at the end of each validation curve distinguishes the runs without colour", () => {
  const { tags } = curves(state, metricOf("loss"));
  assert.deepEqual(tags?.map(({ text, x, run }) => [text, x, run]), [["B", 40, 1], ["A", 20, undefined]]);
});

Deno.test("the legend has the other run's validation figure, at the cursor if there is one", () => {
  const texts = (charts = state.view.charts) =>
    legend(curves(changed(state, { view: { charts } }), metricOf("accuracy")), UNICODE, 90).map(({ text }) => text);
  assert.equal(texts().at(-1), `B ${other.at(-1)?.val_accuracy?.toFixed(4)}`);
  assert.equal(texts({ ...state.view.charts, cursor: 7 }).at(-1), `B ${other.at(6)?.val_accuracy?.toFixed(4)}`);
});

Deno.test("past the other run's end the legend says where it ended, or how far it is while it continues", () => {
  const entry = (short: BesideRun) => {
    const both = replay([{ type: "beside", id: "other", run: short }], lessonAfter(20));
    return legend(curves(both, metricOf("accuracy")), UNICODE, 90).at(-1)?.text;
  };
  const figure = other.at(11)?.val_accuracy?.toFixed(4);
  assert.equal(
    entry({ ...run, epochs: other.first(12), end: replay(stream("lesson")).run.end }),
    `B ended at 12: ${figure}`,
  );
  assert.equal(entry({ ...run, epochs: other.first(12), end: null }), `B at 12: ${figure}`);
});

Deno.test("both letters are explained at every width: the other run by its name or id, and both bases; ids and facts if there is room", () => {
  const { facts } = run;
  assert.ok(facts);
  const { base } = facts.model;
  const line = (name: string | null, width: number) =>
    besideLine(run, { id: "20261123-other", run: { ...run, facts: { ...facts, name } } }, " · ", width);
  assert.match(
    line("pears", 200),
    new RegExp(`^A is this run, B is pears \\(${base}, 20261123-other\\) · A: ${base}, .*images`),
  );
  assert.equal(line("pears", 72), `A is this run (${base}), B is pears (${base}, 20261123-other)`);
  assert.equal(line("pears", 53), `A is this run (${base}), B is pears (${base})`);
  assert.equal(line(null, 63), `A is this run (${base}), B is 20261123-other (${base})`);
  assert.equal(line("pears", 40), `A is this run, B is pears (${base})`);
  for (let width = 10; width < 250; width++) {
    const text = line("pears", width);
    assert.ok(stringWidth(text) <= width, text);
    if (width >= 40) assert.doesNotMatch(text, /…/, "whole words from 40 columns on");
  }
  const early = besideLine({ ...run, facts: null }, { id: "other", run: { ...run, facts: null } }, " · ", 80);
  assert.equal(early, "A is this run, B is other");
});

Deno.test("a single run has no letters and no figure of another run", () => {
  const alone = curves(lessonAfter(20), metricOf("accuracy"));
  assert.equal(alone.tags, undefined);
  assert.equal(legend(alone, UNICODE, 90).length, 2);
});
