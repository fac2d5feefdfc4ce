import assert from "node:assert/strict";
import { stateAfter } from "../../src/training/jump.ts";
import { stream } from "../../src/training/random.ts";

Deno.test("a generator that was moved forward has the state of one that drew all numbers in between", () => {
  for (const draws of [0, 1, 2, 3, 127, 128, 5000, 384_400]) {
    const random = stream(7, "jump", draws);
    const before = random.getState();
    for (let draw = 0; draw < draws; draw++) random.next();
    assert.deepEqual(stateAfter(before, draws), random.getState(), `${draws} draws`);
  }
});
