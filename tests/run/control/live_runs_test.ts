import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Overview, overviewSchema } from "../../../src/run/overview/overview.ts";
import { tensorflowEngine } from "../../engine.ts";
import { headlight, JsonRun } from "../../process.ts";
import { withTemporaryFolder } from "../../support.ts";
import { makeRun } from "../made_run.ts";
import { ENDLESS, SMALL_RUN } from "../small_run.ts";

await tensorflowEngine();

async function list(runs: string): Promise<Overview[]> {
  const { stdout } = await headlight(["runs", "--json", "--runs", runs]);
  return stdout.trimEnd().split("\n").map((line) => overviewSchema.parse(JSON.parse(line)));
}

Deno.test("a training run is listed as live and cannot be removed, and after a kill it is listed as lost", async () => {
  await withTemporaryFolder(async (runs) => {
    const over = makeRun(join(runs, "20261101-000000-over"), { created: "2026-11-01T00:00:00.000Z" });
    const run = new JsonRun(["train", ...SMALL_RUN, ...ENDLESS, "--runs", runs]);
    // This holds from the first moment, before the trainer has taken the lock.
    const started = performance.now();
    while ([...Deno.readDirSync(runs)].length < 2 && performance.now() - started < 20_000) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal((await list(runs))[0]?.status, "live");
    const { id } = await run.until("run");
    await run.until("epoch");
    const [live] = await list(runs);
    assert.deepEqual([live?.id, live?.status, live?.phase, live?.reason], [id, "live", "train", null]);
    assert.ok((live?.epochs ?? 0) >= 1 && live?.best !== null);

    const refused = await headlight(["runs", "rm", over.id, id, "--yes", "--runs", runs]);
    assert.deepEqual([refused.status, refused.stdout], [2, ""]);
    assert.match(refused.stderr, new RegExp(`^headlight: Run ${id} is live, so nothing was removed\\. [^\\n]*\\n$`));
    assert.ok(existsSync(over.config) && existsSync(join(runs, id, "config.json")));
    assert.match((await headlight(["summary", id, "--runs", runs])).stdout, /: live, training after \d+ epochs?\n/);

    Deno.kill(JSON.parse(Deno.readTextFileSync(join(runs, id, "lock"))).pid, "SIGKILL");
    await run.status();
    const [lost] = await list(runs);
    assert.deepEqual([lost?.id, lost?.status, lost?.reason], [id, "lost", null]);
    assert.equal((await headlight(["runs", "rm", id, "--yes", "--runs", runs])).status, 0);
    assert.deepEqual((await list(runs)).map((left) => left.id), [over.id]);
  });
});
