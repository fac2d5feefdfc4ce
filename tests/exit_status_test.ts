import assert from "node:assert/strict";
import { endStatus } from "../src/exit_status.ts";

Deno.test("a run that failed for lack of room exits with 75, so that a batch script can try again", () => {
  assert.equal(endStatus({ reason: "failed" }), 1);
  assert.equal(endStatus({ reason: "failed", exit_status: 75 }), 75);
});

Deno.test("a resumed run that cannot go on exits with 2, however it had ended before", () => {
  for (const reason of ["completed", "stopped", "interrupted", "failed"] as const) {
    assert.equal(endStatus({ reason, refused: "the data are others" }), 2, reason);
  }
});

Deno.test("a resumed run whose engine cannot be set up exits with the status of that error, not with that of its end before", () => {
  assert.equal(endStatus({ reason: "completed", refused: "no C++ compiler found", exit_status: 1 }), 1);
});
