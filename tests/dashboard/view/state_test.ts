import assert from "node:assert/strict";
import { elapsedSeconds, statusOf } from "../../../src/dashboard/run_text/describe.ts";
import type { PaneName } from "../../../src/dashboard/layout/layout.ts";
import { noticesOf, stageOf } from "../../../src/dashboard/layout/screen.ts";
import { event, replay, START, stream } from "../replay.ts";

Deno.test("a replayed run has every epoch, the newest best and last checkpoint, and its end", () => {
  const state = replay(stream("lesson"));
  assert.equal(state.epochs.length, 26);
  assert.equal(state.earlyStopping?.best_epoch, 21);
  assert.deepEqual(state.checkpoints.map(({ kind, epoch }) => [kind, epoch]), [["best", 21], ["last", 26]]);
  assert.equal(state.end?.reason, "early_stopping");
  assert.equal(statusOf(state).text, "stopped early");
});

Deno.test("reduce leaves the state it was given alone", () => {
  const before = structuredClone(START);
  replay(stream("lesson"));
  assert.deepEqual(START, before);
});

Deno.test("each phase has its stage, and curves stay once there are some", () => {
  const events = stream("lesson");
  const stages = events.map((_, index) => stageOf(replay(events.slice(0, index + 1))));
  assert.deepEqual(stages.filter((stage, index) => stage !== stages[index - 1]), ["setup", "extract", "train"]);
});

Deno.test("checkpoints that were asked for are kept, best and last replaced", () => {
  const kinds = ["best", "manual", "last", "manual", "best", "last"] as const;
  const state = replay(
    kinds.map((kind, index) =>
      event({ type: "checkpoint", path: `/r/epoch-${index}`, epoch: index, step: 0, kind, bytes: 1 })
    ),
  );
  assert.deepEqual(state.checkpoints.map(({ kind, epoch }) => `${kind} ${epoch}`), [
    "manual 1",
    "manual 3",
    "best 4",
    "last 5",
  ]);
});

Deno.test("set-up steps are listed once each, in the order in which they began", () => {
  const step = (label: string, done: number) =>
    event({ type: "progress", phase: "prepare", label, done, total: 2, per_second: null, unit: "steps" });
  const state = replay([step("engine", 0), step("weights", 1), step("engine", 2)]);
  assert.deepEqual(state.setup.map(({ label, done }) => `${label} ${done}`), ["engine 2", "weights 1"]);
});

Deno.test("notices stay from the run event to the end", () => {
  const events = stream("extracting");
  assert.equal(noticesOf(replay(events)).length, 2);
});

Deno.test("a zoomed pane gives the screen back, and the focus, when its stage ends", () => {
  const events = stream("lesson");
  const training = events.findIndex((event) => event.type === "phase" && event.name === "train");
  const zoomed = (pane: PaneName) => ({ ...replay(events.slice(0, training)), focus: pane, zoom: pane });
  const after = (pane: PaneName) => {
    const { focus, zoom } = replay(events.slice(training), zoomed(pane));
    return { focus, zoom };
  };
  assert.deepEqual(after("rates"), { focus: null, zoom: null });
  assert.deepEqual(after("log"), { focus: "log", zoom: "log" });
  const { focus, zoom } = replay(events.slice(0, training), { ...START, focus: "setup", zoom: "setup" });
  assert.deepEqual({ focus, zoom }, { focus: null, zoom: null });
});

Deno.test("terminal escapes in texts from outside never reach the state", () => {
  const state = replay([
    event({ type: "log", level: "warn", text: "\x1b[2J\x1b]0;owned\x07broken\x9b31m picture\r\n" }),
    event({ type: "checkpoint", path: "/r/\x1b[31mx", epoch: 1, step: 0, kind: "best", bytes: 1 }),
    event({
      type: "samples",
      epoch: 1,
      mistakes: [{
        ...{ picture: 0, file: "red/\x1b[31mx.jpg", actual: 0, predicted: 1, confidence: 1 },
        ...{ width: 1, height: 1, pixels: "AAAA" },
      }],
    }),
  ]);
  // deno-lint-ignore no-control-regex -- control characters are what is meant.
  assert.doesNotMatch(JSON.stringify([state.log, state.checkpoints, state.samples]), /[\x00-\x1f\x7f-\x9f]|\\u00/);
});

Deno.test("the clock runs with the ticks, stands still after the end, and a lost trainer's at its last sign of life", () => {
  const first = event({ type: "phase", name: "prepare", total: 0 }, 100);
  const running = replay([first, { type: "tick", now: 160_000 }]);
  assert.equal(elapsedSeconds(running), 60);
  const last = event({ type: "log", level: "info", text: "x" }, 130, 2);
  assert.equal(elapsedSeconds(replay([first, last, { type: "lost" }, { type: "tick", now: 999_000 }])), 30);
  const ended = replay([...stream("lesson"), { type: "tick", now: Date.now() }]);
  assert.equal(elapsedSeconds(ended), ended.end?.seconds.total);
});

Deno.test("paused, resumed and stopping show in the status", () => {
  const control = (state: "paused" | "resumed" | "stopping") => event({ type: "control", state });
  const connected = replay([{ type: "connected", id: "x", directory: "/x", live: true }]);
  assert.equal(statusOf(replay([control("paused")], connected)).text, "paused");
  assert.equal(statusOf(replay([control("paused"), control("resumed")], connected)).text, "preparing");
  assert.equal(statusOf(replay([control("stopping")], connected)).text, "stopping");
});
