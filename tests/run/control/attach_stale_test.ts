import assert from "node:assert/strict";
import { join } from "node:path";
import { attach } from "../../../src/run/control/attach.ts";
import { FollowedRun } from "../../../src/run/control/logged_run.ts";
import { withTemporaryFolder } from "../../support.ts";
import { makeRun } from "../made_run.ts";

Deno.test("while a trainer takes a run, a viewer does not take the last owner, on another host, for its owner", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = makeRun(join(folder, "20261123-205501-densenet121-demo"), { then: [] });
    // A trainer first locks the file, in which an earlier owner is named, and then writes itself into it.
    Deno.writeTextFileSync(run.lock, JSON.stringify({ pid: 3866, host: "old-host", socket: "/nowhere" }) + "\n");
    using file = Deno.openSync(run.lock, { read: true, write: true });
    file.lockSync(true);
    let alive = true;
    let attached = false;
    const connection = attach(run, { role: "owner", stopOnLoss: true, since: "start", trainerMayCome: () => alive });
    void connection.then(() => attached = true);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(!attached, "the earlier owner was taken for the owner");
    // The trainer could not take the run, so another one on that host does own it.
    alive = false;
    assert.ok(await connection instanceof FollowedRun);
    await (await connection).close("detach");
  });
});
