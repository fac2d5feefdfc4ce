import assert from "node:assert/strict";
import { UNICODE } from "../../../src/dashboard/drawing/glyphs.ts";
import { titleLine } from "../../../src/dashboard/run_text/title_line.ts";
import { stringWidth } from "../../../src/dashboard/text/width.ts";
import type { DashboardState } from "../../../src/dashboard/view/state.ts";
import { changed, event, lessonAfter, replay, stream } from "../replay.ts";

function line(state: DashboardState, width: number): string {
  const { left, status, rest } = titleLine(state, width, UNICODE, (text) => text);
  const gap = width - stringWidth(left + status.text + rest);
  assert.ok(gap >= 0, `${width} columns`);
  return left + " ".repeat(gap) + status.text + rest;
}

/** The state with this name of the run. */
function named(state: DashboardState, name: string): DashboardState {
  const { facts } = state.run;
  return changed(state, { run: { facts: facts && { ...facts, name } } });
}

Deno.test("the title keeps the run's own name when a long name of the next run would push it out", () => {
  const series = { place: 1, of: 3, next: "ser2-mobilenet_v2", stopAsked: false, ending: false };
  const ended = changed(named(replay(stream("lesson")), "ser2-squeezenet11"), { view: { series } });
  assert.match(line(ended, 80), /^ser2-squeezenet11 .*stopped early · epoch 26\/\d+ · .* · run 1 of 3$/);
  assert.match(line(ended, 120), /^Headlight {2}ser2-squeezenet11 .*run 1 of 3, next: ser2-mobilenet_v2$/);
  const short = changed(ended, { view: { series: { ...series, next: "b" } } });
  assert.match(line(short, 80), /^ser2-squeeze.* · run 1 of 3, next: b$/);
});

Deno.test("the title of a run whose trainer is lost keeps the run's name on a small screen", () => {
  const lost = named(replay([{ type: "lost" }], lessonAfter(12)), "my-run");
  assert.match(line(lost, 40), /^my-run +trainer lost · /);
  assert.match(line(lost, 80), /^my-run .*trainer lost, last seen \d\d:\d\d:\d\d · epoch /);
});

Deno.test("the title of a paused run says how long it has been paused, which is not the time of the run beside it", () => {
  const paused = named(replay([event({ type: "control", state: "paused" })], lessonAfter(12)), "my-run");
  const since = paused.run.pauses.since ?? assert.fail();
  assert.match(line(changed(paused, { view: { now: since } }), 80), / paused · epoch /);
  const later = changed(paused, { view: { now: since + 64_000 } });
  assert.match(line(later, 80), / paused for 1m 4s · epoch 1\d\/30 · \d+/);
  assert.match(line(later, 40), /^my-run .*paused for 1m 4s · /);
  assert.match(line(named(later, "a-name-of-24-characters-x"), 30), /^a-name-of-\S+ +paused · /);
});

Deno.test("no title is wider than the screen", () => {
  for (const state of [lessonAfter(12), replay(stream("lesson")), replay([{ type: "lost" }], lessonAfter(12))]) {
    for (let width = 30; width <= 200; width++) line(state, width);
  }
});
