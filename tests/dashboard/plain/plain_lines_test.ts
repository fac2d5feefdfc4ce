import assert from "node:assert/strict";
import { runJson, runPlain } from "../../../src/dashboard/plain/run_lines.ts";
import { plainLines } from "../../../src/dashboard/plain/plain_lines.ts";
import { reduce } from "../../../src/dashboard/view/state.ts";
import { chooseView } from "../../../src/dashboard/session/choose_view.ts";
import { parseEvent, type RunEvent } from "../../../src/events.ts";
import { long } from "../../fixtures/runs/make.ts";
import { ReplayConnection } from "../../terminal/replay_connection.ts";
import { event, START, stream } from "../replay.ts";

function linesOf(events: readonly RunEvent[]): string[] {
  let state = START;
  return events.flatMap((next) => {
    const lines = plainLines(state, next);
    state = reduce(state, next);
    return lines;
  });
}

/** Returns an event as a viewer gets it, over the socket or from the log. */
function received(said: RunEvent): RunEvent {
  const event = parseEvent(JSON.parse(JSON.stringify(said)));
  assert.ok(event);
  return event;
}

Deno.test("a run that waits for room says so in one line", () => {
  const disk = { problem: "full", path: "/runs/one", needed_bytes: 4.2e6, free_bytes: 1e5 } as const;
  assert.deepEqual(
    linesOf([
      event({ type: "control", state: "paused", disk }, 1000),
      event({ type: "control", state: "resumed" }, 2000),
    ]),
    [
      "paused: disk full at /runs/one: 4.2 MB needed, 100 kB free. The run goes on by itself when there is room.",
      "resumed",
    ],
  );
});

async function collect(run: typeof runPlain, events: readonly RunEvent[]): Promise<{ text: string; how: string }> {
  let text = "";
  const connection = Promise.resolve(new ReplayConnection({ events, live: true, then: "close" }));
  const exit = await run({
    connection,
    role: "owner",
    run: { id: "a-run", path: "/runs/a-run" },
    write: (chunk) => (text += chunk),
  });
  return { text, how: exit.how };
}

Deno.test("plain mode prints one greppable line per epoch", () => {
  const epochs = linesOf(stream("lesson")).filter((line) => line.startsWith("epoch "));
  assert.equal(epochs.length, 26);
  assert.equal(
    epochs[20],
    "epoch 21/30  loss 0.3380  accuracy 0.8930  val_loss 1.1816  val_accuracy 0.6519  0.1s  wait 0/5  best",
  );
  assert.match(epochs[8] ?? "", /^epoch {2}9\/30 /);
  assert.match(linesOf(stream("nan")).join("\n"), /epoch {2}4\/30 {2}loss nan .* val_loss nan/);
});

Deno.test("plain mode prints run, notices, engine and parameters", () => {
  const text = linesOf(stream("extracting")).join("\n");
  for (
    const expected of [
      "run 20261123-211200-densenet121-demo",
      "notice: demo data",
      "notice: random base",
      "tensorflow 2.21.0 on cpu",
      "7,093,360 parameters, 53,808 trainable (0.76 %)",
    ]
  ) assert.ok(text.includes(expected), `${expected} is missing from\n${text}`);
});

Deno.test("plain mode says for how many epochs at most the run trains, in the right number", () => {
  const said = (total: number) => plainLines(START, event({ type: "phase", name: "train", total }, 0));
  assert.deepEqual(said(1), ["training for up to 1 epoch"]);
  assert.deepEqual(said(30), ["training for up to 30 epochs"]);
});

Deno.test("plain mode reports progress at each tenth and every five seconds only", () => {
  const begin = event({ type: "phase", name: "extract", total: 1000 }, 0);
  const steps = Array.from({ length: 1000 }, (_, index) =>
    event({
      type: "progress",
      phase: "extract",
      done: index + 1,
      total: 1000,
      per_second: 50,
      unit: "images",
    }, (index + 1) * 0.02));
  const lines = linesOf([begin, ...steps]);
  assert.ok(lines.length >= 11 && lines.length <= 15, `${lines.length} lines`);
  assert.equal(lines.at(-1), "extract  1,000 of 1,000 images  100 %  50 images/s  0s left");
});

Deno.test("short epochs have no progress lines between them", () => {
  assert.deepEqual(linesOf(long()).filter((line) => line.startsWith("train ")), []);
});

Deno.test("plain mode names no number of steps where none are counted", () => {
  const step = (label: string, done: number, total: number) =>
    event({ type: "progress", phase: "prepare", label, done, total, unit: "steps", per_second: null }, 1000);
  const download = { done: 0, total: 0, unit: "bytes", per_second: null } as const;
  assert.deepEqual(
    linesOf([
      step("looking for an NVIDIA GPU", 0, 0),
      step("testing TensorFlow on Fake GPU, for which the driver compiles kernels once", 0, 0),
      step("compiling tfjs-node's addon", 0, 1),
      step("compiling tfjs-node's addon", 1, 1),
      step("measuring OpenVINO", 1, 2),
      event({ type: "progress", phase: "prepare", label: "downloading data", ...download }, 1000),
      event({ type: "progress", phase: "prepare", label: "reading data", ...download, done: 2e6 }, 1000),
    ]),
    [
      "prepare  looking for an NVIDIA GPU",
      "prepare  testing TensorFlow on Fake GPU, for which the driver compiles kernels once",
      "prepare  compiling tfjs-node's addon",
      "prepare  compiling tfjs-node's addon  done",
      "prepare  measuring OpenVINO  1 of 2 steps  50 %",
      "prepare  downloading data",
      "prepare  reading data  2 MB",
    ],
  );
});

Deno.test("plain mode never prints an escape sequence, whatever the log contains", async () => {
  const events = [
    ...stream("lesson").slice(0, 40),
    received(event({ type: "log", level: "error", text: "\x1b[31mred\x1b[0m\x07" }, 1, 41)),
    received(event({ type: "checkpoint", path: "/r/\x1b[31mx", epoch: 1, step: 0, kind: "best", bytes: 1 }, 1, 42)),
    ...stream("lesson").slice(40),
  ];
  const { text, how } = await collect(runPlain, events);
  // deno-lint-ignore no-control-regex -- control characters are intended here.
  assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
  assert.equal(how, "ended");
  assert.match(text, /stopped early after 26 epochs[\s\S]*watch {7}deno task watch/);
});

Deno.test("JSON mode prints exactly the events, each as it came", async () => {
  const events = stream("lesson");
  const { text, how } = await collect(runJson, events);
  assert.deepEqual(text.trimEnd().split("\n").map((line) => JSON.parse(line)), events);
  assert.equal(how, "ended");
});

Deno.test("a trainer that crashes ends its viewer with `lost`", async () => {
  const { text, how } = await collect(runPlain, stream("lesson").slice(0, 50));
  assert.equal(how, "lost");
  assert.match(text, /the trainer exited without finishing the run[\s\S]*trainer\.log/);
});

Deno.test("the view is the dashboard if the terminal can show it, otherwise lines", () => {
  const choose = (isTTY: boolean, env: Record<string, string> = {}, plain = false, json = false) =>
    chooseView({ isTTY, env: (name) => env[name], plain, json });
  assert.equal(choose(true), "ink");
  assert.equal(choose(false), "plain");
  assert.equal(choose(true, { TERM: "dumb" }), "plain");
  assert.equal(choose(true, { INK_SCREEN_READER: "true" }), "plain");
  assert.equal(choose(true, {}, true), "plain");
  assert.equal(choose(true, {}, true, true), "json");
  assert.equal(choose(false, {}, false, true), "json");
});

Deno.test("plain mode prints the majority baseline and the class weights when training begins", () => {
  const run = stream("lesson").filter(({ type }) => type === "run");
  const said = (weights: number[] | null) =>
    linesOf([...run, event({ type: "classes", majority: { class: 1, accuracy: 0.25 }, weights })]).slice(-2);
  assert.equal(said(null).at(-1), "always predicting dishrag would give val_accuracy 0.2500");
  const weights = Array.from({ length: 10 }, (_, label) => (label + 1) / 4);
  assert.deepEqual(said(weights), [
    "always predicting dishrag would give val_accuracy 0.2500",
    "class weights: day bed 0.2500, dishrag 0.5000, plate 0.7500, running shoe 1.0000, soap dispenser 1.2500, " +
    "street sign 1.5000, table lamp 1.7500, tile roof 2.0000, toilet seat 2.2500, washing machine 2.5000",
  ]);
});

Deno.test("plain mode adds the monitored class metric to an epoch's line", () => {
  const events = stream("lesson");
  const at = events.findIndex(({ type }) => type === "early_stopping");
  const [epoch, stopping] = [events[at - 1], events[at]];
  assert.ok(epoch?.type === "epoch" && stopping?.type === "early_stopping");
  const lines = linesOf([{ ...epoch, val_macro_f1: 0.125 }, { ...stopping, monitor: "val_macro_f1" }]);
  assert.match(lines.at(-1) ?? "", / val_accuracy \d\.\d{4} {2}val_macro_f1 0\.1250 /);
});
