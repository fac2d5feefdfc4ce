/** Pauses a run in the middle of extraction, with real processes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { attach } from "../../src/run/control/attach.ts";
import { runDirectory } from "../../src/run/folder/directory.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { VIEWER } from "./control/served_run.ts";
import { SMALL_RUN } from "./small_run.ts";

await tensorflowEngine();

Deno.test("after a pause the count of images goes on from where it was, and those that the run computed itself do not count as cached", async () => {
  await withTemporaryFolder(async (folder) => {
    const env = emptyFeatureCache(folder);
    const run = new JsonRun(["train", ...SMALL_RUN, "--size", "128", "--epochs", "1", "--runs", join(folder, "runs")], {
      env,
    });
    await run.until("progress", ({ phase, done }) => phase === "extract" && done >= 320);
    const connection = await attach(runDirectory(await run.directory()), VIEWER);
    await connection.send({ type: "pause" });
    await run.until("control", ({ state }) => state === "paused");
    const before = run.all("progress").filter(({ phase }) => phase === "extract").at(-1);
    await connection.send({ type: "resume" });
    await run.until("end");
    await connection.close("detach");
    const said = run.all("progress").filter(({ phase }) => phase === "extract");
    assert.ok(said.some(({ seq, done }) => before && seq > before.seq && done >= before.done), "it did not go on");
    assert.deepEqual(said.map(({ done }) => done), said.map(({ done }) => done).toSorted((one, other) => one - other));
    assert.deepEqual(said.filter(({ cached }) => cached !== 0), []);
    assert.deepEqual(run.all("log").filter(({ text }) => /in the cache/.test(text)), []);
    assert.equal(await run.status(), 0);
  });
});
