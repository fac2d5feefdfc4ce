/** Tests what the panes show of a run that was interrupted after 8 epochs and a half, and goes on two hours later. */
import assert from "node:assert/strict";
import type { EventBody, RunEvent } from "../../../src/events.ts";
import { UNICODE } from "../../../src/dashboard/drawing/glyphs.ts";
import { checkpointLines } from "../../../src/dashboard/panes/checkpoint_rows.ts";
import { logRows } from "../../../src/dashboard/panes/log_rows.ts";
import { progressText } from "../../../src/dashboard/panes/progress_text.ts";
import { elapsedSeconds, epochText } from "../../../src/dashboard/run_text/describe.ts";
import { earlyStoppingSentence, gaugeParts } from "../../../src/dashboard/run_text/early_stopping_text.ts";
import { timeLeft } from "../../../src/dashboard/run_text/eta.ts";
import type { DashboardState } from "../../../src/dashboard/view/state.ts";
import { figures } from "../../run/made_run.ts";
import { event, replay, stream } from "../replay.ts";

/** The seconds of an epoch, and of the time between the sessions. */
const EPOCH = 20;
const BREAK = 7200;

type Stopping = Extract<EventBody, { type: "early_stopping" }>;
const STOPPING = stream("lesson").find(({ type }) => type === "early_stopping") as RunEvent & Stopping;

function stopping(epoch: number): Stopping {
  const { seq: _, time: __, v: ___, ...body } = STOPPING;
  return { ...body, best: 0.6, best_epoch: 5, reference: 0.6, reference_epoch: 5, wait: epoch - 5, patience: 20 };
}

function run(): EventBody {
  const facts = stream("lesson").find(({ type }) => type === "run");
  assert.ok(facts?.type === "run");
  return facts;
}

/** Builds a log: each body some seconds after the one before it. */
class Log {
  #seconds = 1_000_000;
  readonly events: RunEvent[] = [];

  say(after: number, ...bodies: readonly EventBody[]): this {
    this.#seconds += after;
    for (const body of bodies) this.events.push(event(body, this.#seconds, this.events.length + 1));
    return this;
  }

  epoch(number: number, after = EPOCH): this {
    const epoch: EventBody = {
      ...{ type: "epoch", ...figures(number, 0.5), epochs: 30, seconds: after, learning_rate: 0.001 },
    };
    return this.say(after, epoch, stopping(number));
  }

  state(): DashboardState {
    const at = this.events.at(-1)?.time ?? "";
    return replay([
      { type: "connected", id: "x", directory: "/x", live: true },
      ...this.events,
      { type: "tick", now: Date.parse(at) },
    ]);
  }
}

const checkpoint = (kind: "best" | "last" | "manual", epoch: number, step: number): EventBody => {
  const name = `epoch-000${epoch}` + (step === 0 ? "" : `-step-000${step}`);
  return { type: "checkpoint", path: `/x/checkpoints/${name}`, epoch, step, kind, bytes: 1000 };
};

/** The first session: 8 epochs, and half of the ninth. */
function interrupted(): Log {
  const log = new Log().say(0, { type: "phase", name: "prepare", total: 0 }, run())
    .say(10, { type: "phase", name: "train", total: 30 });
  for (let number = 1; number <= 8; number++) log.epoch(number);
  return log.say(10, checkpoint("best", 5, 0), checkpoint("manual", 6, 0), checkpoint("last", 8, 14), {
    ...{ type: "end", reason: "interrupted", epochs: 8, best: figures(5, 0.6), last: figures(8, 0.5) },
    seconds: { total: 180, prepare: 10, extract: 0, train: 170 },
    ...{ run: "x", directory: "/x", notices: [] },
  });
}

/** Goes on from a checkpoint two hours later, up to the beginning of training. */
function resumed(epoch = 8, step = 14, damaged: Extract<EventBody, { type: "resume" }>["damaged"] = []): Log {
  const name = `epoch-000${epoch}` + (step === 0 ? "" : `-step-00${step}`);
  const { type: _, ...early } = stopping(epoch);
  const back: EventBody = {
    ...{ type: "resume", checkpoint: name, epoch, step, early_stopping: { type: "early_stopping", ...early } },
    ...{ seconds: { prepare: 10, extract: 0, train: 170 }, changes: [], damaged },
  };
  return interrupted().say(BREAK, back).say(5, run(), { type: "phase", name: "train", total: 30 });
}

const logText = ({ run: { log } }: DashboardState, width: number) =>
  logRows(log, width, 5, 3, (text) => text, UNICODE).map(({ text }) => text).join("\n");

Deno.test("the log marks where the run was resumed, from what, and how much later", () => {
  assert.equal(logText(resumed().state(), 80), "── resumed from epoch-0008-step-0014 after a break of 2h ──");
  assert.match(logText(resumed().state(), 30), /^── resumed from/);
});

Deno.test("the clock counts the work only, not the time between two sessions", () => {
  assert.equal(elapsedSeconds(resumed().state()), 10 + 8 * EPOCH + 10 + 5);
  assert.equal(elapsedSeconds(resumed().epoch(9, 10).state()), 10 + 8 * EPOCH + 10 + 5 + 10);
});

Deno.test("the curve goes on: every epoch once, also those that are trained again", () => {
  const epochs = (log: Log) => [...log.state().run.epochs].map(({ epoch }) => epoch);
  assert.deepEqual(epochs(resumed().epoch(9, 10)), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(epochs(resumed(6, 0).epoch(7)), [1, 2, 3, 4, 5, 6, 7]);
});

Deno.test("progress and time left are of this session: the epoch in which it began counts by its rest", () => {
  const begun = resumed().state();
  assert.equal(epochText(begun.run), "epoch 8/30");
  assert.equal(timeLeft(begun), null);
  // Half of the ninth epoch.
  const half: EventBody = {
    type: "progress",
    phase: "train",
    done: 28,
    total: 28,
    per_second: 2,
    epoch: 9,
    unit: "steps",
  };
  const rest = resumed().say(0, { ...half, done: 14 }).say(10, half).epoch(9, 0).state();
  assert.equal(timeLeft(rest)?.seconds, 21 * EPOCH);
  const whole = resumed().epoch(9, 10).epoch(10).state();
  assert.equal(timeLeft(whole)?.seconds, 20 * EPOCH);
  assert.match(progressText(whole).lines.flat().join(" "), /epoch 10\/30.*at most 6m 40s left/);
  // After a whole number of epochs, the first epoch tells.
  assert.equal(timeLeft(resumed(8, 0).epoch(9).state())?.seconds, 21 * EPOCH);
});

Deno.test("early stopping is that of the place where the run goes on", () => {
  const { run: state } = resumed(6, 0).state();
  assert.ok(state.earlyStopping);
  assert.equal(gaugeParts(state.earlyStopping, UNICODE, 60).count.trim(), "wait 1/20");
  assert.doesNotMatch(earlyStoppingSentence(state), /did not end|stopped after/);
});

Deno.test("the pane of checkpoints lists those up to the place where the run goes on", () => {
  const names = (log: Log) => checkpointLines(log.state().run, 9, 200).map((line) => /^\S+ +\S+/.exec(line)?.[0]);
  const all = ["best       epoch-0005", "last       epoch-0008-step-00014", "requested  epoch-0006"];
  assert.deepEqual(names(resumed()), all);
  const damaged = [{ name: "epoch-0008-step-00014", problem: "cut" }];
  assert.deepEqual(names(resumed(6, 0, damaged)), [
    "best       epoch-0005",
    "damaged    epoch-0008-step-00014",
    "requested  epoch-0006",
  ]);
});
