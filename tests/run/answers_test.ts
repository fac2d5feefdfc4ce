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
    const found = answer({ type }, { phase, ended: false }, new Control());
    assert.equal(found.ok, ok, `${type} in ${phase}`);
    assert.match(found.text, text);
  }
});

Deno.test("a run that has ended accepts no command", () => {
  assert.equal(answer({ type: "stop" }, { phase: "train", ended: true }, new Control()).ok, false);
});

Deno.test("a second stop keeps the reason of the first", () => {
  const control = new Control();
  answer({ type: "stop", signal: "SIGINT" }, { phase: "train", ended: false }, control);
  answer({ type: "stop" }, { phase: "train", ended: false }, control);
  assert.deepEqual(control.stop, { signal: "SIGINT" });
});
