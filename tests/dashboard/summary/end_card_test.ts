import assert from "node:assert/strict";
import { summaryLines } from "../../../src/dashboard/summary/end_card.ts";
import type { RunEvent } from "../../../src/events.ts";
import type { RunState } from "../../../src/run_state/run_state.ts";
import { changed, event, lessonAfter, replay, stream } from "../replay.ts";

Deno.test("the end card says what happened and why, with best and last epoch, the time, and all paths", () => {
  const text = summaryLines({ how: "ended", state: replay(stream("lesson")) }).join("\n");
  const id = "20261123-205501-densenet121-dollarstreet";
  for (
    const expected of [
      `${id}: stopped early after 26 epochs`,
      "why         stopped after epoch 26: 5 epochs without val_accuracy > 0.6519",
      "data        dollarstreet, 878 training + 293 validation images",
      "classes     10: day bed, dishrag, ",
      "best        epoch 21  val_accuracy 0.6519",
      "last        epoch 26  val_accuracy 0.6485",
      "53,808 of 7,093,360 trainable, 0.76 %",
      `run         /home/ada/headlight/runs/${id}`,
      "saved       checkpoints/epoch-0021 (best)  checkpoints/epoch-0026 (last)",
      `report      deno task report ${id}`,
      `export      deno task export ${id} --to keras`,
      `deno task watch ${id}`,
    ]
  ) assert.ok(text.includes(expected), `${expected} is missing from\n${text}`);
});

Deno.test("the end card of a failed run has the reason in its first lines", () => {
  const [first = "", second = ""] = summaryLines({ how: "ended", state: replay(stream("nan")) });
  assert.match(first, /the loss is not a number after 4 epochs$/);
  assert.match(second, /^ {2}why +the loss of epoch 4 is not a number: lower --learning-rate/);
});

Deno.test("after a NaN loss the end card has the command that repeats the run with a smaller learning rate", () => {
  const state = replay(stream("nan"));
  const { facts } = state.run;
  assert.ok(facts);
  const config = {
    version: 1,
    created: "2026-11-23T20:55:01.000Z",
    options: { learning_rate: 0.0003, epochs: 4 },
    resolved: {
      data: { kind: "demo" },
      data_name: "demo",
      classes: ["a", "b"],
      train: 2,
      validation: 2,
      weights: { kind: "random", path: "/w", sha256: "0" },
      preprocess: "scale",
      engine: { kind: "wasm", version: "4.22.0", files: "/f" },
    },
    notices: [],
    machine: { host: "h", os: "linux", cpu: "c", cores: 2, memory_bytes: 1 },
    versions: {},
  };
  const told = changed(state, { run: { facts: { ...facts, config } } });
  const lines = summaryLines({ how: "ended", state: told });
  const again = lines.find((line) => line.startsWith("  try again"));
  assert.match(again ?? "", /deno task train --data demo .*--epochs 4 --learning-rate 0\.00003/);
});

Deno.test("notices are repeated at the end", () => {
  const events = stream("extracting");
  const run = events.find(({ type }) => type === "run");
  assert.ok(run?.type === "run");
  const end = replay([
    ...events,
    {
      ...{ seq: 99, time: run.time, v: 1, type: "end", reason: "stopped", epochs: 0, best: null, last: null },
      seconds: { total: 3, prepare: 1, extract: 2, train: 0 },
      run: run.id,
      directory: run.directory,
      notices: run.notices,
    },
  ]);
  const text = summaryLines({ how: "ended", state: end }).join("\n");
  assert.match(text, /notice +demo data[\s\S]*notice +random base/);
  assert.doesNotMatch(text, /best|last/, "no epoch was finished");
});

Deno.test("after detaching, the person is told how to come back and how to stop the run", () => {
  const lines = summaryLines({ how: "detached", state: lessonAfter(12) });
  assert.match(lines[0] ?? "", /training goes on/);
  assert.match(lines.join("\n"), /epoch 12[\s\S]*deno task watch \S+[\s\S]*deno task stop \S+/);
});

Deno.test("after detaching from a paused run, also before the pause has taken effect, the person is told that it stays paused and how to let it go on", () => {
  const state = lessonAfter(12);
  for (const left of [changed(state, { run: { control: "paused" } }), changed(state, { view: { pauseAsked: true } })]) {
    const text = summaryLines({ how: "detached", state: left }).join("\n");
    assert.match(text, /^\S+: the run stays paused\n/);
    assert.doesNotMatch(text, /training goes on/);
    assert.match(text, /go on +deno task resume \S+\n.*deno task watch \S+\n.*deno task stop \S+$/);
  }
  const waitsFor = { problem: "full", path: "/runs", needed_bytes: 10, free_bytes: 0, since: 0 } as const;
  const full = changed(state, { run: { control: "paused", waitsFor } });
  const text = summaryLines({ how: "detached", state: full }).join("\n");
  assert.match(text, /^\S+: paused, because a disk has no room\n/);
  assert.doesNotMatch(text, /training goes on|deno task resume/);
});

Deno.test("on a narrow terminal no line of the summary is wider than the screen, and words stay whole", () => {
  const exit = { how: "ended", state: replay(stream("lesson")) } as const;
  const lines = summaryLines(exit, 80);
  assert.deepEqual(lines.filter((line) => line.length > 80 && !line.includes("deno task")), []);
  const words = (text: readonly string[]) => text.join(" ").split(/\s+/);
  assert.deepEqual(words(lines), words(summaryLines(exit)));
});

Deno.test("the end card of a run has room on a screen of 80 × 24, with a row for the prompt", () => {
  const lines = summaryLines({ how: "ended", state: replay(stream("lesson")) }, 80);
  // The terminal wraps commands that are too long.
  const rows = lines.reduce((sum, line) => sum + Math.ceil(line.length / 80), 0);
  assert.ok(rows < 24, `${rows} rows\n${lines.join("\n")}`);
});

Deno.test("commands name the run by its id if that finds it, and otherwise by its path", () => {
  const state = replay(stream("lesson"));
  const id = state.view.id ?? "";
  const command = (runs: string | null) =>
    summaryLines({ how: "ended", state: changed(state, { view: { runs } }) }).at(-1);
  const parent = (state.view.directory ?? "").slice(0, -id.length - 1);
  assert.match(command(parent) ?? "", new RegExp(`watch ${id}$`));
  assert.match(command("/elsewhere/runs") ?? "", new RegExp(`watch ${state.view.directory}$`));
});

Deno.test("the end card has the command that repeats the run, complete on any screen", () => {
  const state = replay(stream("lesson"));
  const { facts } = state.run;
  assert.ok(facts);
  assert.doesNotMatch(summaryLines({ how: "ended", state }).join("\n"), /repeat/, "this run's config does not tell");
  const repeat = `deno task train --data dollarstreet --weights imagenet --preprocess scale --seed 2 --name '${
    "long ".repeat(20)
  }'`;
  const config = {
    version: 1,
    created: "2026-11-23T20:55:01.000Z",
    options: {},
    resolved: null,
    notices: [],
    machine: { host: "h", os: "linux", cpu: "c", cores: 2, memory_bytes: 1 },
    versions: {},
    repeat,
  };
  const told = changed(state, { run: { facts: { ...facts, config } } });
  for (const columns of [Infinity, 80]) {
    assert.ok(summaryLines({ how: "ended", state: told }, columns).includes(`  repeat      ${repeat}`));
  }
});

Deno.test("a run with a finished epoch says how to evaluate and plot it, and one without does not", () => {
  const whole = summaryLines({ how: "ended", state: replay(stream("lesson")) });
  for (const command of ["evaluate", "plot", "watch"]) {
    assert.ok(whole.some((line) => line.includes(`deno task ${command} `)), command);
  }
  const end = stream("lesson").find(({ type }) => type === "end");
  assert.ok(end?.type === "end");
  const none = summaryLines({ how: "ended", state: replay([{ ...end, epochs: 0, best: null, last: null }]) });
  assert.deepEqual(none.filter((line) => /evaluate|plot/.test(line)), []);
});

Deno.test("the end summary says which epoch final/ holds and whether another one is the best", () => {
  const end = stream("lesson").find(({ type }) => type === "end");
  assert.ok(end?.type === "end" && end.best && end.last);
  const lines = (restored: typeof end.best) =>
    summaryLines({ how: "ended", state: replay([{ ...end, restored }]) }).filter((line) => line.includes("in final/"));
  assert.match(lines(end.best).join(), /^ {2}in final\/ {3}epoch 21 {2}val_accuracy 0\.6519 .*[0-9]$/);
  assert.match(
    lines(end.last).join(),
    /epoch 26 .*; not the best epoch, but the one that early stopping compares with$/,
  );
  const { restored: _, ...without } = end;
  assert.deepEqual(
    summaryLines({ how: "ended", state: replay([without]) }).filter((line) => line.includes("final/")),
    [],
  );
});

Deno.test("the end card compares the best epoch with the majority baseline and names the monitored class metric", () => {
  const { run, view } = replay(stream("lesson"));
  const classes = event({ type: "classes", majority: { class: 0, accuracy: 0.1 }, weights: null });
  assert.ok(classes.type === "classes" && run.end?.best && run.earlyStopping);
  const lines = (change: Partial<RunState>) =>
    summaryLines({ how: "ended", state: changed({ run, view }, { run: change }) }).join("\n");
  assert.match(
    lines({ classes }),
    /^ {2}baseline {4}always predicting day bed gives accuracy 0\.10, the model gives 0\.65$/m,
  );
  assert.doesNotMatch(lines({}), /baseline/);
  assert.doesNotMatch(lines({ classes, end: { ...run.end, best: null } }), /baseline/);
  const best = { ...run.end.best, val_macro_f1: 0.6123 };
  const watched = { end: { ...run.end, best }, earlyStopping: { ...run.earlyStopping, monitor: "val_macro_f1" } };
  assert.match(lines(watched), /best {8}epoch 21 {2}val_macro_f1 0\.6123 {2}val_accuracy 0\.6519/);
  assert.doesNotMatch(lines({ end: { ...run.end, best } }), /val_macro_f1/, "not every run gets longer lines");
});

Deno.test("each checkpoint is named once in the end card, with all its reasons, including requested ones", () => {
  const { run, view } = replay(stream("lesson"));
  const directory = run.end?.directory ?? "";
  const saved = (kind: "best" | "last" | "manual", name: string) => {
    const one = event({
      type: "checkpoint",
      path: `${directory}/checkpoints/${name}`,
      epoch: 8,
      step: 0,
      kind,
      bytes: 1,
    });
    assert.ok(one.type === "checkpoint");
    return one;
  };
  const line = (...checkpoints: RunState["checkpoints"]) =>
    summaryLines({ how: "ended", state: changed({ run, view }, { run: { checkpoints } }) })
      .find((line) => line.startsWith("  saved"));
  assert.equal(
    line(saved("manual", "epoch-0003-step-0001"), saved("best", "epoch-0008"), saved("last", "epoch-0008")),
    "  saved       checkpoints/epoch-0003-step-0001 (requested)  checkpoints/epoch-0008 (best, last)",
  );
});

Deno.test("after ctrl-c before training the end card says so, and that nothing was saved", () => {
  const end = stream("lesson").find(({ type }) => type === "end");
  assert.ok(end?.type === "end");
  const none = { ...end, reason: "interrupted", signal: "SIGINT", epochs: 0, best: null, last: null } as const;
  const seconds = { total: 3, prepare: 1, extract: 2, train: 0 };
  const lines = (end: RunEvent) =>
    summaryLines({ how: "ended", state: replay([end]) }).filter((line) => /^ {2}(?:why|saved) /.test(line));
  assert.deepEqual(lines({ ...none, seconds }).at(-1)?.split("; "), [
    "  saved       nothing: training had not started",
    "the features computed so far stay in the cache",
  ]);
  assert.deepEqual(lines({ ...none, seconds: { ...seconds, extract: 0 } }), [
    "  why         ctrl-c (SIGINT)",
    "  saved       nothing: training had not started",
  ]);
  const later = replay([...stream("lesson").slice(0, -1), { ...end, reason: "interrupted", signal: "SIGINT" }]);
  assert.match(summaryLines({ how: "ended", state: later }).join("\n"), /saved {7}checkpoints\/epoch-0021 \(best\)/);
});

Deno.test("the end card names engine, device and why it was chosen", () => {
  const state = replay(stream("lesson"));
  const { facts } = state.run;
  assert.ok(facts);
  const rowWith = (engine: typeof facts.engine) =>
    summaryLines({ how: "ended", state: changed(state, { run: { facts: { ...facts, engine } } }) })
      .find((line) => line.startsWith("  engine"));
  const openvino = { kind: "openvino", version: "2026.4.1", device: "cpu" };
  assert.equal(rowWith(openvino), "  engine      openvino 2026.4.1 on cpu");
  const why = "the fastest of what was measured here";
  assert.equal(rowWith({ ...openvino, why }), `  engine      openvino 2026.4.1 on cpu, ${why}`);
  const gpu = {
    kind: "cuda",
    version: "2.21.0",
    device: "gpu",
    device_name: "NVIDIA H100",
    why: "named with --engine",
  };
  assert.equal(rowWith(gpu), "  engine      cuda 2.21.0 on NVIDIA H100, named with --engine");
});
