import assert from "node:assert/strict";
import { join } from "node:path";
import { liveRun } from "../../src/commands/find.ts";
import { Ownership } from "../../src/run/owner/ownership.ts";
import { makeRun } from "../run/made_run.ts";
import { withTemporaryFolder } from "../support.ts";

Deno.test("without RUN, resume takes the newest paused run, pause the newest that is not, and stop the newest", async () => {
  await withTemporaryFolder((runs) => {
    const training = makeRun(join(runs, "20260101-000000-a"), { then: [] });
    const paused = makeRun(join(runs, "20260102-000000-b"), { then: [{ type: "control", state: "paused" }] });
    const owners = [training, paused].map((run) => Ownership.tryTake(run));
    try {
      assert.equal(liveRun(undefined, runs, "resume").id, paused.id);
      assert.equal(liveRun(undefined, runs, "pause").id, training.id);
      assert.equal(liveRun(undefined, runs, "stop").id, paused.id);
    } finally {
      for (const owner of owners) owner?.release();
    }
  });
});
