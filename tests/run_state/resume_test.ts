/** What viewers show of a run that was resumed. */
import assert from "node:assert/strict";
import type { EventBody, EventOf, RunEvent } from "../../src/events.ts";
import { elapsedSeconds, epochText } from "../../src/dashboard/run_text/describe.ts";
import { timeLeft } from "../../src/dashboard/run_text/eta.ts";
import { progressText } from "../../src/dashboard/panes/progress_text.ts";
import { afterEvent, runStateOf, SILENT_RUN } from "../../src/run_state/run_state.ts";
import { workedSeconds } from "../../src/run_state/worked_seconds.ts";
import { changed, event, START, stream } from "../dashboard/replay.ts";
import { endOf, figures } from "../run/made_run.ts";

function epochBody(epoch: number, seconds = 10): EventBody {
  return { type: "epoch", ...figures(epoch, epoch / 100), epochs: 30, seconds, learning_rate: 0.001 };
}

function resumeBody(change: Partial<EventOf<"resume">> = {}): EventBody {
  const { seq: _seq, time: _time, v: _v, ...body } = {
    type: "resume" as const,
    checkpoint: "epoch-0003-step-0020",
    epoch: 3,
    step: 20,
    early_stopping: null,
    seconds: { prepare: 1, extract: 4, train: 60 },
    changes: [],
    ...change,
  };
  return body;
}

const FACTS = stream("lesson").find((said): said is EventOf<"run"> => said.type === "run");
assert.ok(FACTS);

/** A session that was killed in epoch 6, 65 seconds after its first event. */
const KILLED: readonly RunEvent[] = [
  event({ type: "phase", name: "prepare", total: 0 }, 1000),
  { ...FACTS, time: event(epochBody(1), 1001).time },
  event({ type: "phase", name: "extract", total: 100 }, 1001),
  event({ type: "phase", name: "train", total: 30 }, 1005),
  ...[1, 2, 3, 4, 5].map((epoch) => event(epochBody(epoch), 1005 + 10 * epoch)),
  event({ type: "checkpoint", path: "/r/epoch-0005", epoch: 5, step: 0, kind: "best", bytes: 9 }, 1056),
  event({ type: "control", state: "paused" }, 1060),
  event({ type: "confusion", epoch: 5, cells: [] }, 1060),
  event(
    { type: "progress", phase: "train", done: 5, total: 27, unit: "batches", epoch: 6, per_second: 3 },
    1065,
  ),
];

Deno.test("right after a resume progress, counts, time left and elapsed are those of the restored place", () => {
  const run = runStateOf([...KILLED, event(resumeBody(), 99_000)]);
  assert.deepEqual([...run.epochs].map(({ epoch }) => epoch), [1, 2, 3]);
  const { phase, progress, end, control, confusion, pauses } = run;
  assert.deepEqual({ phase, progress, end, control, confusion }, {
    ...{ phase: null, progress: null, end: null, control: "running", confusion: null },
  });
  assert.deepEqual(pauses, { totalMs: 0, since: null });
  const state = changed(START, { run, view: { now: 99_000_000 } });
  assert.equal(elapsedSeconds(state), 65);
  assert.equal(epochText(run), `epoch 3/${run.facts?.epochs}`);
  assert.equal(timeLeft(state), null);
});

Deno.test("elapsed counts the work and not the time between, also if the clock was set back meanwhile", () => {
  for (const at of [99_000, 1066, 1000, 5]) {
    const run = runStateOf([...KILLED, event(resumeBody(), at)]);
    const later = changed(START, { run, view: { now: (at + 7) * 1000 } });
    assert.equal(elapsedSeconds(later), 72, `resumed at ${at}`);
  }
});

Deno.test("a log that was lost leaves the time that the resume event names", () => {
  const run = runStateOf([event(resumeBody(), 500)]);
  assert.equal(elapsedSeconds(changed(START, { run, view: { now: 502_000 } })), 67);
});

Deno.test("epochs that are trained again are there once, in order", () => {
  const again = [4, 5, 6].map((epoch) => event(epochBody(epoch), 100_000 + epoch));
  const events = [...KILLED, event(resumeBody(), 99_000), ...again];
  assert.deepEqual([...runStateOf(events).epochs].map(({ epoch }) => epoch), [1, 2, 3, 4, 5, 6]);
  const kept = [4, 5, 6].map((epoch) => ({ ...figures(epoch, epoch / 100), seconds: 10, learning_rate: 0.001 }));
  assert.deepEqual([...runStateOf(events).epochs].slice(3), kept);
  assert.deepEqual(runStateOf(events), events.reduce(afterEvent, SILENT_RUN));
});

Deno.test("epochs that a damaged log has lost and that are said again take their place in order", () => {
  const lost = KILLED.filter((said) => said.type !== "epoch" || said.epoch !== 2);
  const again = [2, 3].map((epoch) => event(epochBody(epoch, 0), 99_001));
  for (const events of [[...lost, event(resumeBody(), 99_000), ...again, event(epochBody(4), 99_010)]]) {
    assert.deepEqual([...runStateOf(events).epochs].map(({ epoch }) => epoch), [1, 2, 3, 4]);
    assert.deepEqual(runStateOf(events), events.reduce(afterEvent, SILENT_RUN));
    // A viewer that has read a part of the log before.
    const before = runStateOf(events.slice(0, -3));
    assert.deepEqual(runStateOf(events.slice(-3), before), runStateOf(events));
  }
});

Deno.test("an end after which the run was resumed is taken back, and early stopping is as restored", () => {
  const stopping = stream("lesson").find((said): said is EventOf<"early_stopping"> => said.type === "early_stopping");
  assert.ok(stopping);
  const { seq: _seq, time: _time, v: _v, ...body } = stopping;
  const run = runStateOf([
    ...KILLED,
    event(endOf("x"), 1070),
    event(resumeBody({ early_stopping: { ...body, wait: 2 } }), 2000),
  ]);
  assert.equal(run.end, null);
  assert.equal(run.earlyStopping?.wait, 2);
});

Deno.test("the time left is not too short in an epoch that was resumed near its end, nor in the epochs after it", () => {
  const { facts } = runStateOf(KILLED);
  assert.ok(facts);
  const session = [
    ...KILLED,
    event(resumeBody(), 99_000),
    event({ type: "phase", name: "prepare", total: 0 }, 99_000),
    event({ type: "phase", name: "train", total: 30 }, 99_001),
  ];
  const batch = (done: number, at: number) =>
    event({ type: "progress", phase: "train", done, total: 27, unit: "batches", epoch: 4, per_second: null }, at);
  const left = (events: readonly RunEvent[]) => timeLeft(changed(START, { run: runStateOf(events) }))?.seconds ?? null;
  // Two seconds a batch: an epoch takes 54 s. Batch 26 of epoch 4 ends 12 s after the phase began.
  const remaining = facts.epochs - 3;
  const within = left([...session, batch(26, 99_013)]);
  assert.ok(within !== null && Math.abs(within - (remaining * 54 - 52)) < 30, `${within}`);
  const first = left([...session, batch(27, 99_015), event(epochBody(4, 14), 99_015)]);
  assert.ok(first !== null && Math.abs(first - (remaining - 1) * 54) < 30, `${first}`);
});

Deno.test("after a resume with many epochs behind it, no time left is said before the first has been measured", () => {
  const many = Array.from({ length: 20 }, (_, index) => event(epochBody(index + 1), 1005 + index));
  const run = runStateOf([
    ...KILLED.slice(0, 4),
    ...many,
    event(resumeBody({ epoch: 20, step: 0 }), 5000),
    event({ type: "phase", name: "train", total: 30 }, 5000),
    event(
      { type: "progress", phase: "train", done: 1, total: 27, unit: "batches", epoch: 21, per_second: null },
      5001.5,
    ),
  ]);
  const state = changed(START, { run, view: { now: 5_001_500 } });
  assert.equal(timeLeft(state), null);
  assert.match(JSON.stringify(progressText(state).lines), /epoch 21\/30.*estimating time left/);
});

Deno.test("the seconds that a run has worked are those of its sessions, without the time between them", () => {
  assert.deepEqual(workedSeconds(KILLED), { prepare: 1, extract: 4, train: 60 });
  const second = [
    event(resumeBody({ seconds: { prepare: 1, extract: 4, train: 60 } }), 50_000),
    event({ type: "phase", name: "prepare", total: 0 }, 50_000),
    event({ type: "phase", name: "train", total: 30 }, 50_002),
    event(epochBody(4), 50_012),
  ];
  assert.deepEqual(workedSeconds([...KILLED, ...second]), { prepare: 3, extract: 4, train: 70 });
  // The end event knows them to the millisecond.
  const ended = [...KILLED, event(endOf("x", { seconds: { total: 6.5, prepare: 1, extract: 2, train: 3.5 } }), 1066)];
  assert.deepEqual(workedSeconds(ended), { prepare: 1, extract: 2, train: 3.5 });
  assert.deepEqual(workedSeconds([]), { prepare: 0, extract: 0, train: 0 });
});

Deno.test("a clock that was set back takes nothing from the seconds that a run has worked", () => {
  const back = [...KILLED, event(epochBody(6), 5), event(epochBody(7), 15)];
  const { prepare, extract, train } = workedSeconds(back);
  assert.ok(prepare >= 0 && extract >= 0 && train >= 0, JSON.stringify({ prepare, extract, train }));
});
