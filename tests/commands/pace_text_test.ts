/** How far and how fast a computation over images is, in words. */
import assert from "node:assert/strict";
import { PaceText } from "../../src/commands/pace_text.ts";

Deno.test("progress has the rate and the time that is left, once they are known", () => {
  let nowMs = 0;
  const pace = new PaceText(() => nowMs);
  assert.equal(pace.text(10, 5000), "10 of 5,000 images");
  nowMs = 2000;
  assert.equal(pace.text(110, 5000), "110 of 5,000 images, 50 images/s, 1m 38s left");
});

Deno.test("images from the cache count as done, but not in the rate", () => {
  let nowMs = 0;
  const pace = new PaceText(() => nowMs);
  for (let done = 1000; done <= 9000; done += 1000) {
    nowMs += 200;
    assert.equal(pace.text(done, 10_000, true), `${done.toLocaleString("en")} of 10,000 images`);
  }
  // The extractor loads its engine first, which takes as long as it takes.
  nowMs += 30_000;
  assert.equal(pace.text(9032, 10_000, false), "9,032 of 10,000 images");
  nowMs += 1000;
  assert.equal(pace.text(9064, 10_000, false), "9,064 of 10,000 images, 32 images/s, 29s left");
});

Deno.test("the rate is that of whole batches, if all images of a batch are reported at the same time", () => {
  let nowMs = 0;
  const pace = new PaceText(() => nowMs);
  const texts: string[] = [];
  for (let done = 1; done <= 96; done++) {
    texts.push(pace.text(done, 128));
    if (done % 32 === 0) nowMs += 2000;
  }
  assert.ok(texts.slice(0, 32).every((text) => /^\d+ of 128 images$/.test(text)));
  assert.ok(texts.slice(32).every((text) => text.includes("images, 16 images/s, ")));
});
