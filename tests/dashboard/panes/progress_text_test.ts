import assert from "node:assert/strict";
import { epochsOf } from "../../../src/run_state/run_state.ts";
import { summaryLines } from "../../../src/dashboard/summary/end_card.ts";
import { progressText } from "../../../src/dashboard/panes/progress_text.ts";
import type { DashboardState } from "../../../src/dashboard/view/state.ts";
import { clockText, secondsText, statusOf } from "../../../src/dashboard/run_text/describe.ts";
import { changed, event, lessonAfter, replay, stream } from "../replay.ts";

/** Returns the lesson's run after 12 epochs of this length, with the latest progress of an epoch. */
function trained(seconds: number, epoch: number): DashboardState {
  const { run, view } = lessonAfter(12);
  const epochs = epochsOf([...run.epochs].map((one) => ({ ...one, seconds })));
  const said = { phase: "train", done: 7, total: 28, per_second: 2, unit: "batches", epoch, loss: 0.25 } as const;
  return replay(
    [event({ type: "progress", ...said, accuracy: 0.75 }, 2000)],
    changed({ run, view }, { run: { epochs } }),
  );
}

function text(state: DashboardState): string {
  return progressText(state).lines.map((parts) => parts.join(" · ")).join("\n");
}

Deno.test("the means and the batch shown belong to the current epoch, and none are shown for a finished one", () => {
  assert.match(text(trained(20, 13)), /epoch 13\/30 · step 7\/28[\s\S]*this epoch: loss 0\.2500 · accuracy 0\.7500/);
  assert.doesNotMatch(text(trained(20, 12)), /batch \d|this epoch/);
});

Deno.test("if epochs are too fast to follow, the last one's means are shown until the run is paused", () => {
  const last = lessonAfter(12).run.epochs.at(-1);
  const fast = trained(0.1, 13);
  assert.match(text(fast), new RegExp(`last epoch: loss ${last?.loss?.toFixed(4)}`));
  assert.doesNotMatch(text(fast), /batch \d|this epoch/);
  const paused = replay([event({ type: "control", state: "paused" }, 2000)], fast);
  assert.match(text(paused), /epoch 13\/30 · step 7\/28[\s\S]*this epoch: loss 0\.2500/);
});

Deno.test("a run that waits for room says what is full, where, how much it needs, and since when", () => {
  const disk = { problem: "full", path: "/work/runs/one", needed_bytes: 4.2e6, free_bytes: 1e5 } as const;
  const since = trained(20, 13);
  const now = since.view.now / 1000;
  const waiting = replay(
    [
      event({ type: "control", state: "paused", disk }, now),
      event({ type: "log", level: "info", text: "later" }, now + 90),
    ],
    since,
  );
  assert.equal(text(waiting), "disk full · for 1m 30s · epoch 13/30\n4.2 MB needed, 100 kB free\n/work/runs/one");
  assert.match(progressText(waiting).detail ?? "", /goes on by itself when there is room/);
  assert.deepEqual(statusOf(waiting), { text: "paused: disk full", tone: "bad" });
  const readOnly = event({ type: "control", state: "paused", disk: { ...disk, problem: "read-only" } }, now);
  assert.match(text(replay([readOnly], since)), /^disk read-only/);
  const resumed = replay([event({ type: "control", state: "resumed" }, now + 91)], waiting);
  assert.equal(statusOf(resumed).text, "training");
  assert.doesNotMatch(text(resumed), /disk/);
});

Deno.test("header, progress pane and summary show the same total time after the end", () => {
  const ended = replay(stream("lesson"));
  assert.ok(ended.run.end);
  assert.ok(text(ended).includes(`${clockText(ended)} total`), text(ended));
  assert.ok(secondsText(ended.run.end.seconds).startsWith(`${clockText(ended)} (`));
});

Deno.test("a run that was resumed and cannot go on says how it had ended, and why it was not resumed", () => {
  const { run: { end } } = replay(stream("lesson"));
  assert.ok(end);
  const refused = `Run ${end.run} cannot go on with another data: it was pixels 1, now pixels 2. Restore it.`;
  const state = replay(stream("lesson").map((said) => said.type === "end" ? { ...said, refused } : said));
  assert.match(text(state), /^stopped early after 26 of 30 epochs$/);
  assert.equal(
    progressText(state).detail,
    "Not resumed: cannot go on with another data: it was pixels 1, now pixels 2. Restore it.",
  );
  assert.match(summaryLines({ how: "ended", state }).join("\n"), new RegExp(`\n {2}not resumed ${refused}\n`));
});

Deno.test("how a run ended and after how many epochs fits into the pane of a small screen", () => {
  const { run, view } = replay(stream("lesson"));
  const { end, facts } = run;
  assert.ok(end && facts);
  const told = (reason: typeof end.reason, epochs: number, planned: number) => {
    const ended = { ...run, end: { ...end, reason, epochs }, facts: { ...facts, epochs: planned } };
    return text({ view, run: ended }).split("\n")[0] ?? "";
  };
  assert.equal(told("completed", 30, 30), "finished after 30 of 30 epochs");
  assert.equal(told("stopped", 160, 900), "stopped on request · 160/900 epochs");
  for (const reason of ["completed", "early_stopping", "stopped", "interrupted"] as const) {
    assert.ok(told(reason, 1000, 9000).length <= 39, told(reason, 1000, 9000));
  }
});

Deno.test("a viewer that did not start the lost trainer does not claim to know how it ended", () => {
  const lost = replay([{ type: "lost" }], lessonAfter(12));
  const watching = changed(lost, { view: { role: "watch" } });
  const summary = (state: DashboardState) => summaryLines({ how: "lost", state })[0] ?? "";
  assert.match(text(lost), /^it exited, see trainer\.log/);
  assert.match(summary(lost), / the trainer exited without finishing the run/);
  assert.match(text(watching), /^exited or killed, see trainer\.log/);
  assert.match(summary(watching), / the trainer exited or was killed without finishing the run/);
});

Deno.test("after the end a narrow pane leaves out the phase that took least", () => {
  const { run, view } = replay(stream("lesson"));
  assert.ok(run.end);
  const seconds = { total: 96, prepare: 6, extract: 78, train: 12 };
  const [, times] = progressText({ view, run: { ...run, end: { ...run.end, seconds } } }).lines;
  assert.deepEqual(times, ["1m 36s total", "features 1m 18s", "train 12s", "prepare 6.0s"]);
});

Deno.test("a run that is paused before its features are computed says so, and counts no seconds", () => {
  const extracting = stream("extracting");
  const begun = extracting.findIndex((event) => event.type === "phase" && event.name === "extract");
  const state = replay([
    { type: "connected", id: "x", directory: "/x", live: true },
    ...extracting.slice(0, begun + 1),
  ]);
  const later = changed(state, { view: { now: state.view.now + 9000 } });
  assert.equal(text(later), "starting to compute features · for 9s");
  assert.equal(text(changed(later, { run: { control: "paused" } })), "paused");
});
