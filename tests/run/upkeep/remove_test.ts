import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { HeadlightError } from "../../../src/errors.ts";
import { takeOwnership } from "../../../src/run/owner/ownership.ts";
import { removeRuns } from "../../../src/run/upkeep/remove.ts";
import { needs, withTemporaryFolder } from "../../support.ts";
import { makeRun } from "../made_run.ts";

Deno.test("removing a run removes its links but not their targets", async () => {
  await withTemporaryFolder((folder) => {
    const run = makeRun(join(folder, "runs", "a"));
    const other = makeRun(join(folder, "runs", "b"));
    const own = join(folder, "own");
    Deno.mkdirSync(own);
    Deno.writeTextFileSync(join(own, "thesis"), "mine");
    Deno.symlinkSync(own, join(run.path, "folder"));
    Deno.symlinkSync(own, join(run.checkpoints, "folder"));
    Deno.symlinkSync(join(own, "thesis"), join(run.path, "file"));
    Deno.removeSync(run.summary);
    Deno.symlinkSync(join(other.path, "summary.txt"), run.summary);
    removeRuns([run]);
    assert.equal(existsSync(run.path), false);
    assert.equal(Deno.readTextFileSync(join(own, "thesis")), "mine");
    assert.ok(existsSync(other.summary));
  });
});

Deno.test("if one of several runs is live, none is removed", async () => {
  await withTemporaryFolder(async (folder) => {
    const over = makeRun(join(folder, "a"));
    const live = makeRun(join(folder, "b"));
    const starting = makeRun(join(folder, "c"));
    for (const path of [starting.lock, starting.events]) Deno.removeSync(path);
    const lock = await takeOwnership(live, "/nowhere");
    try {
      for (const runs of [[over, live], [over, starting]]) {
        assert.throws(
          () => removeRuns(runs),
          (error) =>
            error instanceof HeadlightError && error.exitStatus === 2 &&
            /^Run [bc] is live, so nothing was removed\. .*deno task stop \S+\/[bc]$/.test(error.message),
        );
        for (const { config, history, summary } of runs) {
          for (const path of [config, history, summary]) assert.ok(existsSync(path));
        }
      }
    } finally {
      lock?.release();
    }
    removeRuns([over, live]);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["c"]);
  });
});

/** Makes a folder's files undeletable or deletable again. The attribute stops even root. */
function hold(folder: string, held: boolean): boolean {
  if (Deno.uid() !== 0) Deno.chmodSync(folder, held ? 0o500 : 0o700);
  return Deno.uid() !== 0 || new Deno.Command("chattr", { args: [held ? "+i" : "-i", folder] }).outputSync().success;
}

/** Whether this machine's file systems support such folders. */
function canHold(): Promise<boolean> {
  return withTemporaryFolder((folder) => {
    const held = hold(folder, true);
    hold(folder, false);
    return held;
  });
}

Deno.test({
  name: "a failed removal names the obstacle and leaves a run that can be removed later" +
    needs("a file system that can hold a folder"),
  ignore: !await canHold(),
  fn: () =>
    withTemporaryFolder((folder) => {
      const run = makeRun(join(folder, "a"));
      hold(run.checkpoints, true);
      try {
        assert.throws(
          () => removeRuns([run]),
          (error) =>
            error instanceof HeadlightError && error.exitStatus === 1 && /cannot be removed/.test(error.message),
        );
        assert.ok(existsSync(run.config) && existsSync(run.events));
      } finally {
        hold(run.checkpoints, false);
      }
      removeRuns([run]);
      assert.equal(existsSync(run.path), false);
    }),
});
