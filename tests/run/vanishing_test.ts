/** Removes files of a run while it trains, with real processes. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { custodyOf } from "../../src/run/owner/custody.ts";
import { tensorflowEngine } from "../engine.ts";
import { eventually, headlight, isAlive, JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { ENDLESS, SMALL_RUN } from "./small_run.ts";

await tensorflowEngine();

/** A training run and the process id of its trainer. */
async function whileTraining(
  body: (training: { run: JsonRun; runs: string; directory: string; trainer: number }) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const run = new JsonRun(["train", ...SMALL_RUN, ...ENDLESS, "--runs", runs]);
    try {
      await run.until("epoch");
      const [found] = listRuns(runs);
      assert.ok(found);
      const custody = custodyOf(found);
      assert.ok(custody.kind === "owned" && custody.owner);
      await body({ run, runs, directory: found.path, trainer: custody.owner.pid });
    } finally {
      if (isAlive(run.pid)) run.kill("SIGTERM");
      await run.status();
    }
  });
}

function removed(folder: string): boolean {
  try {
    Deno.removeSync(folder, { recursive: true });
    return true;
  } catch {
    return !existsSync(folder);
  }
}

for (
  const [how, vanish, says] of [
    [
      "is moved away",
      (directory: string) => Deno.renameSync(directory, `${directory}-away`),
      /was removed or moved during the run/,
    ],
    // A write during the removal may fail before the folder is gone.
    [
      "is removed file by file",
      (directory: string) => eventually("it is removed", () => removed(directory), 5000),
      /was removed or moved during the run|No such file or directory/,
    ],
  ] as const
) {
  Deno.test(`a run whose folder ${how} ends with exit status 1, tells its viewers why and does not create the folder again`, () =>
    whileTraining(async ({ run, directory, trainer }) => {
      await vanish(directory);
      const end = await run.until("end");
      assert.equal(end.reason, "failed");
      assert.ok(end.error?.includes(directory));
      assert.match(end.error ?? "", says);
      assert.equal(await run.status(), 1);
      await eventually("the trainer is gone", () => !isAlive(trainer), 20_000);
      assert.equal(existsSync(directory), false);
    }));
}

Deno.test("after the lock of a training run is deleted by hand, rm refuses and stop still finds the run", () =>
  whileTraining(async ({ run, runs, directory }) => {
    const lock = join(directory, "lock");
    Deno.removeSync(lock);
    const removal = await headlight(["runs", "rm", "latest", "--yes", "--runs", runs]);
    assert.equal(removal.status, 2);
    assert.match(removal.stderr, /^headlight: Run \S+ is live, so nothing was removed\. [^\n]+\n$/);
    await eventually("the lock is there again", () => existsSync(lock), 20_000);
    Deno.removeSync(lock);
    const stopped = await headlight(["stop", "--runs", runs]);
    assert.equal(stopped.status, 0, stopped.stderr);
    assert.equal((await run.until("end")).reason, "stopped");
  }));
