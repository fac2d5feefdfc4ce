import assert from "node:assert/strict";
import { parseEvent } from "../src/events.ts";

Deno.test("an early_stopping event of version 1 has the reference under the names of the best epoch", () => {
  const event = parseEvent({
    ...{ seq: 9, time: "2026-11-26T11:13:57.658Z", v: 1, type: "early_stopping" },
    ...{ monitor: "val_accuracy", mode: "max", min_delta: 0.06, best: 0.5, best_epoch: 2, wait: 1, patience: 3 },
    ...{ stops_next: false, baseline: null },
  });
  assert.ok(event?.type === "early_stopping");
  const { reference, reference_epoch, threshold, stops_after } = event;
  assert.deepEqual([reference, reference_epoch, threshold, stops_after], [0.5, 2, 0.56, null]);
});

Deno.test("an early_stopping event of version 2 without a reference is malformed", () => {
  const event = {
    ...{ seq: 9, time: "2026-11-26T11:13:57.658Z", v: 2, type: "early_stopping" },
    ...{ monitor: "val_accuracy", mode: "max", min_delta: 0.06, best: 0.5, best_epoch: 2, wait: 1, patience: 3 },
    ...{ stops_next: false, baseline: null },
  };
  assert.throws(() => parseEvent(event));
});
