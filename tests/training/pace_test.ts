import assert from "node:assert/strict";
import { Pace } from "../../src/training/pace.ts";

Deno.test("a call runs as many steps as take 40 ms, and one step if a single one takes longer", () => {
  const pace = new Pace();
  assert.equal(pace.stepsPerCall, 2);
  pace.note(2, 2);
  assert.equal(pace.stepsPerCall, 40);
  pace.note(40, 400);
  assert.equal(pace.stepsPerCall, 4);
  pace.note(1, 300);
  assert.equal(pace.stepsPerCall, 1);
});

Deno.test("one fast call after slow ones does not make the next call long", () => {
  const pace = new Pace();
  pace.note(4, 40);
  pace.note(4, 4);
  assert.ok(pace.stepsPerCall <= 6, `${pace.stepsPerCall}`);
  for (let i = 0; i < 20; i++) pace.note(4, 4);
  assert.ok(pace.stepsPerCall >= 38, `${pace.stepsPerCall}`);
});

Deno.test("a clock that stands still does not lead to an endless call", () => {
  const pace = new Pace();
  pace.note(5, 0);
  assert.ok(Number.isFinite(pace.stepsPerCall));
});
