import assert from "node:assert/strict";
import { afterEvent, noticesOf, SILENT_RUN } from "../../src/run_state/run_state.ts";

Deno.test("the notice that a base is computed in float32 is on screen as soon as the first features say so", () => {
  const event = { type: "rounding", words: "float32, not bfloat16", share: 0, error: 0, seq: 1, v: 2 } as const;
  const time = "2026-01-01T00:00:00.000Z";
  const said = afterEvent(SILENT_RUN, { ...event, time, notice: "resnet50 is computed in float32" });
  assert.deepEqual(noticesOf(said), ["resnet50 is computed in float32"]);
  assert.deepEqual(noticesOf(afterEvent(SILENT_RUN, { ...event, time, notice: null })), []);
});
