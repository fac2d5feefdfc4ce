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
  // Timers may be late on a busy machine.
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

Deno.test("large frames are shown longer: under 1 kB per second at 80×24 and 1.5 kB at 200×50, but at most 1.5 s", () => {
  assert.equal(frameMs(100, 80, 24), 1000 / DEFAULT_FPS);
  assert.equal(frameMs(10, 80, 24, 10), 100);
  for (const [columns, rows, limit] of [[80, 24, 1000], [200, 50, 1500]] as const) {
    for (const bytes of [250, 400, 600, 800]) assert.ok(bytes / frameMs(bytes, columns, rows) * 1000 <= 0.9 * limit);
    assert.equal(frameMs(30_000, columns, rows), 2500);
  }
});
