import assert from "node:assert/strict";
import { answer } from "../../src/run/answers.ts";
import { Control } from "../../src/training/control.ts";

Deno.test("the answer to each command says what will happen and when, depending on the run's phase", () => {
  const cases = [
    ["stop", "prepare", true, /nothing to save yet/],
    ["stop", "extract", true, /stay in the cache/],
    ["stop", "train", true, /after this step; a checkpoint will be saved/],
    ["checkpoint", "prepare", false, /training has not begun/],
    ["checkpoint", "extract", false, /training has not begun/],
    ["checkpoint", "train", true, /after this step/],
    ["pause", "extract", true, /paused/],
    ["pause", "train", true, /after this step; a checkpoint will be saved/],
    ["resume", "train", false, /not paused/],
  ] as const;
  for (const [type, phase, ok, text] of cases) {
    const found = answer({ type }, { phase, hasState: true, ended: false }, new Control());
    assert.equal(found.ok, ok, `${type} in ${phase}`);
    assert.match(found.text, text);
  }
});

Deno.test("while a run waits for room, resume says that it goes on by itself, and stop that nothing more is saved", () => {
  const waitsFor = { problem: "full", path: "/runs/one", needed_bytes: 4.2e6, free_bytes: 0 } as const;
  const control = new Control();
  const position = { phase: "train", hasState: true, ended: false, waitsFor } as const;
  const resume = answer({ type: "resume" }, position, control);
  assert.equal(resume.ok, false);
  assert.match(
    resume.text,
    /goes on by itself when there is room \(disk full at \/runs\/one: 4\.2 MB needed, 0 B free\)/,
  );
  control.setPaused(true);
  assert.equal(answer({ type: "resume" }, position, control).ok, true, "a person's pause ends nevertheless");
  assert.match(answer({ type: "stop" }, position, control).text, /no room to save/);
});

Deno.test("a run that has ended accepts no command", () => {
  assert.equal(answer({ type: "stop" }, { phase: "train", hasState: true, ended: true }, new Control()).ok, false);
});

Deno.test("a second stop keeps the reason of the first", () => {
  const control = new Control();
  answer({ type: "stop", signal: "SIGINT" }, { phase: "train", hasState: true, ended: false }, control);
  answer({ type: "stop" }, { phase: "train", hasState: true, ended: false }, control);
  assert.deepEqual(control.stop, { signal: "SIGINT" });
});

Deno.test("before the first step no checkpoint is promised, and a paused run refuses to save one", () => {
  const position = { phase: "train", hasState: false, ended: false } as const;
  const control = new Control();
  assert.deepEqual(answer({ type: "checkpoint" }, position, control).ok, true, "it is made after the first step");
  assert.match(answer({ type: "pause" }, position, control).text, /if a step is done by then/);
  const refused = answer({ type: "checkpoint" }, position, control);
  assert.equal(refused.ok, false);
  assert.match(refused.text, /paused before its first step/);
  assert.match(answer({ type: "stop" }, position, control).text, /if a step is done by then/);
});
