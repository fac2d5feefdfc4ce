import assert from "node:assert/strict";
import type { EventOf } from "../../../src/events.ts";
import {
  afterStep,
  epochsText,
  NOTHING_SHOWN,
  pauseMs,
  type Spread,
} from "../../../src/dashboard/panes/samples_spread.ts";

/** Returns samples of an epoch, with a letter for each image. */
function samples(epoch: number, images: string): EventOf<"samples"> {
  const mistakes = [...images].map((letter, image) => ({
    ...{ picture: image, file: null, actual: 0, predicted: 1, confidence: 0.9, width: 1, height: 1 },
    pixels: btoa(letter.repeat(3)),
  }));
  return { type: "samples", epoch, mistakes, seq: epoch, time: "2026-11-23T20:55:02.700Z", v: 2 };
}

/** Returns the shown images as letters with their epochs. */
function shown({ shown }: Spread): string {
  return shown.map(({ pixels, epoch }) => `${atob(pixels).charAt(0)}${epoch}`).join(" ");
}

Deno.test("new images replace shown ones one at a time with their own epoch, and a newer set waits for the current one", () => {
  const [first, second, third] = [samples(1, "abc"), samples(2, "dbf"), samples(3, "ghi")];
  let spread = NOTHING_SHOWN;
  const seen: string[] = [];
  const step = (newest: EventOf<"samples">) => {
    spread = afterStep(spread, newest);
    seen.push(shown(spread));
  };
  for (const _ of "abc") step(first);
  step(second);
  for (const _ of "df") step(third);
  assert.deepEqual(seen, ["a1", "a1 b1", "a1 b1 c1", "d2 b2 c1", "d2 b2 f2", "g3 b2 f2"]);
  assert.equal(epochsText(spread.shown), "updating to epoch 3");
});

Deno.test("surplus images disappear at once, and once all are shown nothing is pending", () => {
  let spread = NOTHING_SHOWN;
  for (const _ of "abc") spread = afterStep(spread, samples(1, "abc"));
  const fewer = samples(2, "a");
  spread = afterStep(spread, fewer);
  assert.equal(shown(spread), "a2");
  assert.equal(epochsText(spread.shown), "epoch 2");
  assert.equal(pauseMs(spread, fewer, false), null);
  assert.equal(pauseMs(NOTHING_SHOWN, null, false), null);
});

Deno.test("images appear slowly during a run, and sooner if there were none or the run has ended", () => {
  const [first, second] = [samples(1, "abc"), samples(2, "def")];
  assert.equal(pauseMs(NOTHING_SHOWN, first, false), 0);
  let spread = afterStep(NOTHING_SHOWN, first);
  const filling = pauseMs(spread, first, false);
  for (const _ of "bc") spread = afterStep(spread, first);
  const replacing = pauseMs(spread, second, false);
  assert.ok(filling !== null && replacing !== null && filling >= 1000 && replacing > filling);
  const alone = pauseMs(spread, second, true);
  assert.ok(alone !== null && alone >= 1000 && alone < filling);
});
