import assert from "node:assert/strict";
import { Paced } from "../../src/features/paced.ts";

Deno.test("a quick look is repeated each time, and a slow one after twenty times what it took", () => {
  let nowMs = 0;
  let looks = 0;
  let tookMs = 0;
  const paced = new Paced(() => (nowMs += tookMs, ++looks), () => nowMs);
  assert.deepEqual([paced.get(), paced.get(), paced.get()], [1, 2, 3]);
  tookMs = 100;
  assert.equal(paced.get(), 4);
  nowMs += 1999;
  assert.equal(paced.get(), 4);
  nowMs += 1;
  assert.equal(paced.get(), 5);
  assert.equal(paced.get(), 5);
  assert.equal(paced.again(), 6);
});

Deno.test("looking takes less than a twentieth of the time, unless a look takes seconds", () => {
  for (const tookMs of [1, 50, 1500]) {
    let nowMs = 0;
    let lookedMs = 0;
    const paced = new Paced(() => (nowMs += tookMs, lookedMs += tookMs), () => nowMs);
    for (let batch = 0; batch < 10_000; batch++) {
      paced.get();
      nowMs += 700;
    }
    assert.ok(lookedMs <= nowMs / 20, `${lookedMs} of ${nowMs} ms`);
  }
});

Deno.test("a look that takes minutes is put off by half a minute", () => {
  let nowMs = 0;
  let looks = 0;
  const paced = new Paced(() => (nowMs += 200_000, ++looks), () => nowMs);
  paced.get();
  nowMs += 29_999;
  assert.equal(paced.get(), 1);
  nowMs += 1;
  assert.equal(paced.get(), 2);
});
