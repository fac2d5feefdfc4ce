import assert from "node:assert/strict";
import { RateMeter } from "../../src/run/rate.ts";

Deno.test("the rate is that of the last seconds, and null until half a second has passed", () => {
  const meter = new RateMeter();
  const rates = Array.from(
    { length: 31 },
    (_, second) => meter.note(second < 20 ? 0 : (second - 20) * 10, second * 1000),
  );
  assert.equal(rates[19], null);
  // Of eight seconds, four were without work.
  assert.equal(rates[24], 5);
  assert.equal(rates[30], 10);
  const early = new RateMeter();
  assert.deepEqual([early.note(0, 0), early.note(50, 499), early.note(60, 500)], [null, null, 120]);
});

Deno.test("when the amount falls, the rate begins again, also between two samples", () => {
  const meter = new RateMeter();
  meter.note(0, 0);
  assert.equal(meter.note(100, 1000), 100);
  assert.equal(meter.note(110, 1010), 110 / 1.01);
  assert.equal(meter.note(1, 1020), null);
  assert.equal(meter.note(11, 2020), 10);
});

Deno.test("however many notes fall into the window, few samples are kept, and the rate is right", () => {
  const meter = new RateMeter();
  let rate: number | null = null;
  // Ten seconds of 10,000 notes each.
  for (let done = 0; done < 100_000; done++) rate = meter.note(done, done / 10);
  assert.ok(rate !== null && Math.abs(rate - 10_000) < 1e-6, `${rate}`);
  assert.ok(meter.kept < 200, `${meter.kept}`);
});
