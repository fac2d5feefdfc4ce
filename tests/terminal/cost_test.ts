import assert from "node:assert/strict";
import { withDashboard } from "./dashboard.ts";

/** Bytes written in each of the next `seconds` seconds. */
async function bytesASecond(output: () => string, seconds: number): Promise<number[]> {
  const encoder = new TextEncoder();
  const counts: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const before = output().length;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    counts.push(encoder.encode(output().slice(before)).length);
  }
  return counts;
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

Deno.test("at 80×24 a training run costs at most 4 KB/s and an idle one at most 300 B/s (medians)", async () => {
  // From the first epoch on, an event each 40 ms: six epochs a second.
  await withDashboard({ app: { until: 131, paceMs: 40, paceFrom: 46 } }, async ({ terminal }) => {
    await terminal.shows(/epoch [1-3]\/30/);
    const training = await bytesASecond(() => terminal.output, 3);
    await terminal.shows("epoch 25/30");
    await new Promise((resolve) => setTimeout(resolve, 500));
    const idle = await bytesASecond(() => terminal.output, 4);
    assert.ok(median(training) > 0, "nothing was drawn while training");
    assert.ok(median(training) <= 4096, `training: ${training.join(", ")} bytes/s`);
    assert.ok(median(idle) > 0, "the clock stands still");
    assert.ok(median(idle) <= 300, `idle: ${idle.join(", ")} bytes/s`);
  });
});
