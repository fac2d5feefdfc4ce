import assert from "node:assert/strict";
import { SAVE_LAST_EVERY_MS, SavingInterval } from "../../src/run/saving_interval.ts";

function after(...tookMs: number[]): number {
  const interval = new SavingInterval();
  for (const ms of tookMs) interval.note(ms);
  return interval.ms;
}

Deno.test("last is saved every 4 s as long as a save takes less than a hundredth of that", () => {
  assert.equal(after(), SAVE_LAST_EVERY_MS);
  assert.equal(after(5, 30, 20), SAVE_LAST_EVERY_MS);
});

Deno.test("saving a large network, or to a slow disk, takes less than 1 % of the time", () => {
  for (const tookMs of [34, 61, 250, 900]) {
    const interval = after(tookMs);
    assert.ok(tookMs / interval < 0.01, `${tookMs} ms every ${interval} ms`);
  }
});

Deno.test("one slow save among faster ones does not delay the next one", () => {
  assert.equal(after(20, 5000), SAVE_LAST_EVERY_MS);
  assert.equal(after(5000, 20, 5000), SAVE_LAST_EVERY_MS);
  assert.ok(after(20, 60, 70, 80) > SAVE_LAST_EVERY_MS);
});

Deno.test("however slow the disk is, last is saved every two minutes", () => {
  assert.equal(after(60_000, 60_000, 60_000), 120_000);
});
