import assert from "node:assert/strict";
import { endStatus } from "../../src/commands/exit_status.ts";

Deno.test("a run that failed for lack of room exits with 75, so that a batch script can try again", () => {
  assert.equal(endStatus({ reason: "failed" }), 1);
  assert.equal(endStatus({ reason: "failed", exit_status: 75 }), 75);
});
