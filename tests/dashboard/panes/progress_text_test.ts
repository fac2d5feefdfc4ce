import assert from "node:assert/strict";
import { progressText } from "../../../src/dashboard/panes/progress_text.ts";
import type { DashboardState } from "../../../src/dashboard/view/state.ts";
import { clockText, secondsText, statusOf } from "../../../src/dashboard/run_text/describe.ts";
import { changed, event, lessonAfter, replay, stream } from "../replay.ts";

/** Returns the lesson's run after 12 epochs of this length, with the latest progress of an epoch. */
function trained(seconds: number, epoch: number): DashboardState {
  const { run, view } = lessonAfter(12);
  const epochs = run.epochs.map((one) => ({ ...one, seconds }));
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
