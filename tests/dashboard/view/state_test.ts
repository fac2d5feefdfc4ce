import assert from "node:assert/strict";
import { plain } from "../../plain.ts";
import { elapsedSeconds, statusOf } from "../../../src/dashboard/run_text/describe.ts";
import type { PaneName } from "../../../src/dashboard/view/pane_facts.ts";
import { stageOf } from "../../../src/dashboard/view/stage.ts";
import type { RunEvent } from "../../../src/events.ts";
import { noticesOf } from "../../../src/run_state/run_state.ts";
import { changed, event, lessonAfter, replay, START, stream } from "../replay.ts";

Deno.test("a replayed run has every epoch, the newest best and last checkpoint, and its end", () => {
  const state = replay(stream("lesson"));
  assert.equal(state.run.epochs.length, 26);
  assert.equal(state.run.earlyStopping?.best_epoch, 21);
  assert.deepEqual(state.run.checkpoints.map(({ kind, epoch }) => [kind, epoch]), [["best", 21], ["last", 26]]);
  assert.equal(state.run.end?.reason, "early_stopping");
  assert.equal(statusOf(state).text, "stopped early");
});

Deno.test("reduce does not change the state it receives", () => {
  const before = lessonAfter(3);
  const shown = () => plain({ run: before.run, charts: before.view.charts, logView: before.view.logView });
  const copy = shown();
  replay(stream("lesson"), before);
  assert.deepEqual(shown(), copy);
});

Deno.test("each phase has its stage, and curves stay once there are any", () => {
  const events = stream("lesson");
  const stages = events.map((_, index) => stageOf(replay(events.slice(0, index + 1)).run));
  assert.deepEqual(stages.filter((stage, index) => stage !== stages[index - 1]), ["setup", "extract", "train"]);
});

Deno.test("announcements are confirmed: a checkpoint with its name and size, a pause with what it saved", () => {
  const save = (kind: "manual" | "last", seconds: number) =>
    event({ type: "checkpoint", path: "/r/epoch-0012-step-0007", epoch: 12, step: 7, kind, bytes: 658_000 }, seconds);
  const announced = replay([
    { type: "tick", now: 99_000 },
    { type: "message", tone: "info", text: "checkpoint after this step" },
  ]);
  const text = (...events: RunEvent[]) => replay(events, announced).view.message?.text;
  assert.equal(text(save("manual", 100)), "saved epoch-0012-step-0007, 658 kB");
  assert.equal(text(save("last", 100)), "checkpoint after this step", "the clock asked for that one");
  const paused = event({ type: "control", state: "paused" }, 100);
  assert.equal(text(paused), "paused");
  const resumed = event({ type: "control", state: "resumed" }, 101);
  assert.equal(text(paused, resumed), "resumed", "also if another viewer resumed it");
  assert.equal(text(paused, save("last", 100)), "paused, saved epoch-0012-step-0007, 658 kB");
  assert.equal(text(save("manual", 2)), "checkpoint after this step", "that was long ago");
});

Deno.test("an announced stop is no longer announced once the run has ended", () => {
  const stopping = replay([
    { type: "tick", now: Date.parse(stream("lesson").at(-1)?.time ?? "") },
    { type: "message", tone: "info", text: "stopping after this step" },
  ], lessonAfter(12));
  assert.notEqual(stopping.view.message, null);
  assert.equal(replay(stream("lesson").slice(-1), stopping).view.message, null);
});

Deno.test("requested checkpoints are kept, and best and last are replaced", () => {
  const kinds = ["best", "manual", "last", "manual", "best", "last"] as const;
  const state = replay(
    kinds.map((kind, index) =>
      event({ type: "checkpoint", path: `/r/epoch-${index}`, epoch: index, step: 0, kind, bytes: 1 })
    ),
  );
  assert.deepEqual(state.run.checkpoints.map(({ kind, epoch }) => `${kind} ${epoch}`), [
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
  assert.deepEqual(state.run.setup.map(({ label, done }) => `${label} ${done}`), ["engine 2", "weights 1"]);
});

Deno.test("notices stay from the run event to the end", () => {
  const events = stream("extracting");
  assert.equal(noticesOf(replay(events).run).length, 2);
});

Deno.test("a zoomed pane gives up the screen and the focus when its stage ends", () => {
  const events = stream("lesson");
  const training = events.findIndex((event) => event.type === "phase" && event.name === "train");
  const zoomed = (pane: PaneName) => changed(replay(events.slice(0, training)), { view: { focus: pane, zoom: pane } });
  const after = (pane: PaneName) => {
    const { focus, zoom } = replay(events.slice(training), zoomed(pane)).view;
    return { focus, zoom };
  };
  assert.deepEqual(after("rates"), { focus: null, zoom: null });
  assert.deepEqual(after("log"), { focus: "log", zoom: "log" });
  const inSetup = changed(START, { view: { focus: "setup", zoom: "setup" } });
  const { focus, zoom } = replay(events.slice(0, training), inSetup).view;
  assert.deepEqual({ focus, zoom }, { focus: null, zoom: null });
});

Deno.test("the clock follows the ticks and stops at the end, and for a lost trainer at its last event", () => {
  const first = event({ type: "phase", name: "prepare", total: 0 }, 100);
  const running = replay([first, { type: "tick", now: 160_000 }]);
  assert.equal(elapsedSeconds(running), 60);
  const last = event({ type: "log", level: "info", text: "x" }, 130, 2);
  assert.equal(elapsedSeconds(replay([first, last, { type: "lost" }, { type: "tick", now: 999_000 }])), 30);
  const ended = replay([...stream("lesson"), { type: "tick", now: Date.now() }]);
  assert.equal(elapsedSeconds(ended), ended.run.end?.seconds.total);
});

Deno.test("paused, resumed and stopping appear in the status", () => {
  const control = (state: "paused" | "resumed" | "stopping") => event({ type: "control", state });
  const connected = replay([{ type: "connected", id: "x", directory: "/x", live: true }]);
  assert.equal(statusOf(replay([control("paused")], connected)).text, "paused");
  assert.equal(statusOf(replay([control("paused"), control("resumed")], connected)).text, "preparing");
  assert.equal(statusOf(replay([control("stopping")], connected)).text, "stopping");
});
