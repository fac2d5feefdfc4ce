import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { isLocked, tryLock, waitForLock } from "../../src/files/lock.ts";
import { withTemporaryFolder } from "../support.ts";
import { startScript } from "./child.ts";

Deno.test("a lock has one owner at a time", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "deep", "lock");
    assert.equal(isLocked(path), false);
    const lock = tryLock(path);
    assert.ok(lock);
    assert.equal(tryLock(path), null);
    assert.equal(isLocked(path), true);
    lock.release();
    const again = tryLock(path);
    assert.ok(again);
    again.release();
  });
});

Deno.test("a killed owner frees its lock", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "lock");
    const child = await startScript("files/lock_child.ts", path);
    assert.equal(tryLock(path), null);
    assert.equal(isLocked(path), true);
    let waited = 0;
    const waiting = waitForLock(path, () => waited++);
    await child.kill();
    const lock = await waiting;
    assert.equal(waited, 1);
    lock.release();
    assert.equal(isLocked(path), false);
  });
});

Deno.test("waiting for a lock ends when it is aborted, with the signal's reason, and the lock stays its owner's", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "lock");
    const child = await startScript("files/lock_child.ts", path);
    const limit = new AbortController();
    try {
      const stop = new AbortController();
      const reason = new Error("stopped");
      const waiting = waitForLock(path, () => stop.abort(reason), stop.signal);
      const late = setTimeout(10_000, "late", { signal: limit.signal });
      await assert.rejects(Promise.race([waiting, late]), reason);
      assert.equal(isLocked(path), true);
      await assert.rejects(waitForLock(join(folder, "free"), () => {}, AbortSignal.abort(reason)), reason);
      assert.equal(isLocked(join(folder, "free")), false);
    } finally {
      limit.abort();
      await child.kill();
    }
  });
});
