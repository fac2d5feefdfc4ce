/** Checks that a run belongs to its trainer, whatever happens to its files. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { HeadlightError } from "../../../src/errors.ts";
import { keepRun } from "../../../src/run/control/keep_run.ts";
import { runDirectory } from "../../../src/run/folder/directory.ts";
import { custodyOf, hasTrainer, isOwned } from "../../../src/run/owner/custody.ts";
import { takeOwnership } from "../../../src/run/owner/ownership.ts";
import { removeRuns } from "../../../src/run/upkeep/remove.ts";
import { eventually } from "../../process.ts";
import { withTemporaryFolder } from "../../support.ts";
import { withTrainer } from "../control/served_run.ts";
import { makeRun } from "../made_run.ts";

Deno.test("after its lock was deleted by hand, a run can be neither removed nor trained a second time", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = makeRun(join(folder, "run"));
    const ownership = await takeOwnership(run, "/socket");
    assert.ok(ownership);
    try {
      Deno.removeSync(run.lock);
      assert.deepEqual(custodyOf(run), { kind: "owned", owner: null });
      assert.equal(await takeOwnership(run, "/elsewhere"), null);
      assert.throws(
        () => removeRuns([run]),
        (error) => error instanceof HeadlightError && /is live, so nothing was removed/.test(error.message),
      );
      assert.ok(existsSync(run.config));
    } finally {
      ownership.release();
    }
    assert.equal(isOwned(run), false);
    removeRuns([run]);
  });
});

for (
  const [what, damage] of [
    ["deleted", (lock: string) => Deno.removeSync(lock)],
    ["replaced by another file", (lock: string) => {
      Deno.removeSync(lock);
      Deno.writeTextFileSync(lock, "mine");
    }],
  ] as const
) {
  Deno.test(`a lock that is ${what} is written again by the trainer and names it as before`, async () => {
    await withTrainer(async (trainer) => {
      const before = custodyOf(trainer.run);
      assert.ok(before.kind === "owned" && before.owner);
      const stop = keepRun({ ...trainer, onGone: () => assert.fail("the folder is there") }, 20);
      try {
        damage(trainer.run.lock);
        await eventually("a new lock", () => {
          const custody = custodyOf(trainer.run);
          return custody.kind === "owned" && custody.owner?.pid === Deno.pid;
        }, 2000);
        assert.deepEqual(custodyOf(trainer.run), before);
      } finally {
        stop();
      }
    });
  });
}

Deno.test("the removal or renaming of a run's folder is noticed once, and the folder is not created again", async () => {
  await withTrainer(async (trainer) => {
    const { path } = trainer.run;
    let gone = 0;
    const stop = keepRun({ ...trainer, onGone: () => gone++ }, 20);
    try {
      Deno.renameSync(path, `${path}-moved`);
      await eventually("it is noticed", () => gone === 1, 20_000);
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal(gone, 1);
      assert.equal(existsSync(path), false);
      assert.equal(trainer.ownership.folderIsThere(), false);
      // A new folder with that name is not the run's.
      Deno.mkdirSync(path);
      assert.equal(trainer.ownership.folderIsThere(), false);
      Deno.removeSync(path);
    } finally {
      stop();
      Deno.renameSync(`${path}-moved`, path);
    }
  });
});

Deno.test("a named pipe or a folder in place of the lock makes nothing hang", async () => {
  await withTemporaryFolder((folder) => {
    for (const [name, make] of [["pipe", makePipe], ["folder", Deno.mkdirSync]] as const) {
      const run = runDirectory(join(folder, name));
      Deno.mkdirSync(run.path);
      make(run.lock);
      assert.equal(hasTrainer(run), false);
    }
  });
});

function makePipe(path: string): void {
  assert.ok(new Deno.Command("mkfifo", { args: [path] }).outputSync().success);
}
