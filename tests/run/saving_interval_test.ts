import assert from "node:assert/strict";
import { SAVE_LAST_EVERY_MS, SaveTimer, SavingInterval } from "../../src/run/saving_interval.ts";

function after(...tookMs: number[]): number {
  const interval = new SavingInterval();
  for (const ms of tookMs) interval.note(ms);
  return interval.ms;
}

Deno.test("last is saved every 4 s as long as a save takes much less than that", () => {
  assert.equal(after(), SAVE_LAST_EVERY_MS);
  assert.equal(after(5, 25, 20), SAVE_LAST_EVERY_MS);
});

Deno.test("saving a large network, or to a slow disk, takes less than 1 % of the time", () => {
  for (const tookMs of [34, 61, 250, 900]) {
    const interval = after(tookMs);
    assert.ok(tookMs / interval < 0.01, `${tookMs} ms every ${interval} ms`);
  }
});

Deno.test("saving takes less than 1 % of the time also if one save of three is much faster, or half as slow again", () => {
  for (const tookMs of [[60, 180, 180], [180, 60, 180], [120, 120, 180]]) {
    const interval = after(...tookMs);
    const mean = tookMs.reduce((sum, ms) => sum + ms, 0) / tookMs.length;
    assert.ok(mean / interval < 0.01, `${mean} ms every ${interval} ms`);
  }
});

Deno.test("one slow save among faster ones does not delay the next one", () => {
  assert.equal(after(20, 5000), SAVE_LAST_EVERY_MS);
  assert.equal(after(5000, 20), SAVE_LAST_EVERY_MS);
  assert.equal(after(20, 5000, 20), SAVE_LAST_EVERY_MS);
  assert.ok(after(20, 60, 70, 80) > SAVE_LAST_EVERY_MS);
});

Deno.test("however slow the disk is, last is saved every two minutes", () => {
  assert.equal(after(60_000, 60_000, 60_000), 120_000);
});

Deno.test("the timer requests a save at each interval, and after a save one interval later", async () => {
  const requests: number[] = [];
  let onRequest: () => void = () => {};
  const request = () => {
    requests.push(performance.now());
    onRequest();
  };
  const next = () => new Promise<void>((resolve) => onRequest = resolve);
  const interval = new SavingInterval(20);
  const timer = new SaveTimer(request, interval);
  try {
    await next();
    await next();
    const savedMs = performance.now();
    timer.saved(2);
    await next();
    // Timers of a millisecond's resolution may fire a little early.
    assert.ok(performance.now() - savedMs >= interval.ms - 2, `${performance.now() - savedMs} of ${interval.ms} ms`);
    assert.equal(requests.length, 3);
  } finally {
    timer.dispose();
  }
});
