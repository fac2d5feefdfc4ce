import assert from "node:assert/strict";
import { DEFAULT_FPS, frameMs } from "../../../src/dashboard/session/pace.ts";
import { Store } from "../../../src/dashboard/session/store.ts";
import { changed, START } from "../replay.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("many changes become few frames, and the last change is always shown", async () => {
  const standsMs = 50;
  const store = new Store(START, () => standsMs);
  const startedMs = performance.now();
  let frames = 0;
  store.subscribe(() => frames++);
  for (let now = 1; now <= 100; now++) {
    store.set(changed(START, { view: { now } }), false);
    await pause(1);
  }
  await pause(100);
  // However late a loaded machine is with its timers.
  const most = (performance.now() - startedMs) / standsMs + 2;
  assert.ok(frames >= 2 && frames <= most, `${frames} frames, at most ${most}`);
  assert.equal(store.snapshot().view.now, 100);
  store.close();
});

Deno.test("an urgent change is shown at once", () => {
  const store = new Store(START, () => 10_000);
  store.set(changed(START, { view: { now: 1 } }), true);
  store.set(changed(START, { view: { now: 2 } }), true);
  assert.equal(store.snapshot().view.now, 2);
  store.close();
});

Deno.test("large frames stand longer, in proportion to what the screen is given", () => {
  assert.equal(frameMs(300, 80, 24), 1000 / DEFAULT_FPS);
  assert.equal(frameMs(30, 80, 24, 10), 100);
  assert.equal(frameMs(3000, 80, 24), 1000);
  assert.ok(frameMs(3000, 200, 50) < 300);
});
