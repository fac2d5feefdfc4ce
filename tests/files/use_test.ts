import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { aboutEntry, freeEntry, isFreed, isUsed, lastUseMs, useEntry, usePath } from "../../src/files/use.ts";
import { tryLock } from "../../src/files/lock.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { withTemporaryFolder } from "../support.ts";
import { startScript } from "./child.ts";

function make(folder: string, files = 1): string {
  const entry = join(folder, "kind", "entry");
  Deno.mkdirSync(entry, { recursive: true });
  for (let number = 0; number < files; number++) Deno.writeFileSync(join(entry, `file${number}`), new Uint8Array(10));
  return entry;
}

Deno.test("an entry that another process uses is not freed, even by several users; a killed user frees it", async () => {
  await withTemporaryFolder(async (folder) => {
    const entry = make(folder);
    const child = await startScript("files/use_child.ts", entry, "hold");
    const own = await useEntry(entry, { made: "up" });
    assert.ok(isUsed(entry));
    assert.equal(freeEntry(entry), false);
    own.release();
    own.release();
    assert.ok(isUsed(entry));
    assert.equal(freeEntry(entry), false);
    assert.ok(existsSync(join(entry, "file0")));
    await child.kill();
    assert.equal(isUsed(entry), false);
    assert.equal(freeEntry(entry), true);
    assert.deepEqual([...Deno.readDirSync(join(folder, "kind"))], []);
  });
});

Deno.test("a use records its time and the entry's description; the older time of the entry does not count", async () => {
  await withTemporaryFolder(async (folder) => {
    const entry = make(folder);
    const then = new Date("2026-01-02T03:04:05Z");
    Deno.utimeSync(entry, then, then);
    assert.equal(lastUseMs(entry), then.getTime());
    assert.equal(aboutEntry(entry), null);
    const before = Date.now() - 2000;
    (await useEntry(entry, { base: "a long name that is shortened" })).release();
    (await useEntry(entry, { base: "b" })).release();
    assert.ok(lastUseMs(entry) >= before);
    assert.deepEqual(aboutEntry(entry), { base: "b" });
    Deno.utimeSync(usePath(entry), then, then);
    assert.equal(lastUseMs(entry), then.getTime());
  });
});

Deno.test("where nothing can be written, using an entry does nothing and throws nothing", async () => {
  await withTemporaryFolder(async (folder) => {
    Deno.writeFileSync(join(folder, "kind"), new Uint8Array(1));
    const use = await useEntry(join(folder, "kind", "entry"));
    use.release();
  });
});

Deno.test("an entry that is being made is not freed", async () => {
  await withTemporaryFolder((folder) => {
    const entry = make(folder);
    const maker = join(folder, "kind", "maker");
    const lock = tryLock(maker);
    assert.equal(freeEntry(entry, { maker }), false);
    assert.ok(existsSync(entry));
    lock?.release();
    assert.equal(freeEntry(entry, { maker }), true);
  });
});

Deno.test("users of an entry that is freed all the time find it or make it, and never lose it", async () => {
  await withTemporaryFolder(async (folder) => {
    const entry = make(folder);
    const script = join(PROJECT_ROOT, "tests", "files", "use_child.ts");
    const config = join(PROJECT_ROOT, "deno.json");
    const users = [1, 2, 3].map(() =>
      new Deno.Command(Deno.execPath(), { args: ["run", "-A", "--quiet", "--config", config, script, entry, "users"] })
        .output()
    );
    let ended = false;
    const all = Promise.all(users).finally(() => ended = true);
    let freed = 0;
    while (!ended) {
      if (freeEntry(entry)) freed++;
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    for (const { stdout, success } of await all) {
      assert.ok(success);
      assert.match(new TextDecoder().decode(stdout), /lost 0\n$/);
    }
    assert.ok(freed > 3, `freed ${freed} times`);
  });
});

/** Deleting these takes longer than killing a process. */
const FILES = 8000;

Deno.test("a process that is killed while it frees an entry leaves it whole or gone", async () => {
  let midway = 0;
  for (const delayMs of [0, 0, 0, 1, 3, 10, 30, 100]) {
    await withTemporaryFolder(async (folder) => {
      const entry = make(folder, FILES);
      const child = await startScript("files/use_child.ts", entry, "free");
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await child.kill();
      if (existsSync(entry)) assert.equal([...Deno.readDirSync(entry)].length, FILES);
      const rest = [...Deno.readDirSync(join(folder, "kind"))].map(({ name }) => name);
      assert.ok(rest.every((name) => name === "entry" || name === ".entry.use" || isFreed(name)), String(rest));
      if (rest.some((name) => isFreed(name))) midway++;
      (await useEntry(entry)).release();
      assert.equal(freeEntry(entry), true);
    });
  }
  assert.ok(midway > 0, "no process was killed between the rename and the end of the deletion");
});
