/** Runs `cache` and `cache clear` from the command line. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { tryLock } from "../../src/files/lock.ts";
import { RowStore } from "../../src/features/rows/row_store.ts";
import { headlight } from "../process.ts";
import { RECIPE, writeRows } from "../features/made_rows.ts";
import { withTemporaryFolder } from "../support.ts";

const HOURS_MS = 7_200_000;

function write(path: string, bytes: number): string {
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeFileSync(path, new Uint8Array(bytes));
  return path;
}

function twoHoursOld(path: string): string {
  const then = new Date(Date.now() - HOURS_MS);
  Deno.utimeSync(path, then, then);
  return path;
}

interface Cache {
  readonly root: string;
  readonly store: RowStore;
  run(...args: string[]): Promise<{ status: number; lines: string[] }>;
}

function withCache(body: (cache: Cache) => Promise<void>): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    const root = join(folder, "headlight");
    const store = new RowStore(root, RECIPE);
    writeRows(store, 0, 100);
    await body({
      root,
      store,
      run: async (...args) => {
        const { status, stdout, stderr } = await headlight(["cache", ...args], { env: { XDG_CACHE_HOME: folder } });
        assert.equal(stderr, "");
        return { status, lines: stdout.trimEnd().split("\n") };
      },
    });
  });
}

Deno.test("cache prints the size of each kind, and what other versions left with the command that removes it", async () => {
  await withCache(async ({ root, run }) => {
    write(join(root, "graphs", "a", "saved_model.pb"), 2000);
    write(join(root, "weights", "w.h5"), 3_000_000);
    const before = await run();
    assert.equal(before.status, 0);
    assert.deepEqual(before.lines.map((line) => line.split(/\s{2,}/).slice(0, 2)).slice(0, 5), [
      ["features", "5.12 kB"],
      ["graphs", "2 kB"],
      ["engines", "0 B"],
      ["weights", "3 MB"],
      ["files", "0 B"],
    ]);
    write(join(root, "features", "a0", "a0.npy"), 50_000);
    const { lines } = await run();
    assert.match(lines[0] ?? "", /^features +5\.12 kB/);
    assert.match(lines[5] ?? "", /^unusable +50 kB {2}from other versions; to delete it: deno task cache clear$/);
    assert.equal(lines[6], `3.06 MB in ${root}`);
  });
});

Deno.test("cache clear removes exactly old shards, rows of other versions and leftovers", async () => {
  await withCache(async ({ root, store, run }) => {
    const old = [
      write(join(root, "features", "a0", "a0b1.npy"), 10_000),
      write(join(root, "features", "a0", ".claim"), 0),
      write(join(root, "features", "v6.1", RECIPE, "x.rows"), 20_000),
      twoHoursOld(write(join(store.folder, ".x.rows.123-4.aside"), 500)),
      twoHoursOld(write(join(store.folder, "claims", "123-dead"), 32)),
    ];
    const kept = [
      ...store.names().map((name) => join(store.folder, name)),
      write(join(store.folder, ".y.rows.123-5.aside"), 500),
      write(join(root, "files", "a.json"), 100),
      write(join(root, "weights", "w.h5"), 1000),
      write(join(root, "graphs", "a", "graph.json"), 1000),
      write(join(root, "engines", "2.21.0-a", "stamp.json"), 1000),
      write(join(root, "features", "notes.txt"), 10),
    ];
    assert.deepEqual(await run("clear"), { status: 0, lines: [`deleted 30.5 kB from ${root}`] });
    assert.deepEqual(old.filter((path) => existsSync(path)), []);
    assert.deepEqual(kept.filter((path) => !existsSync(path)), []);
    assert.deepEqual(await run("clear"), { status: 0, lines: ["nothing to delete"] });
  });
});

Deno.test("cache clear keeps what a running process of another version writes and says so", async () => {
  await withCache(async ({ root, run }) => {
    const shards = write(join(root, "features", "a0", "a0b1.npy"), 10_000);
    const rows = write(join(root, "features", "v6.1", RECIPE, "x.rows"), 20_000);
    const locks = [
      tryLock(join(root, "features", "a0", ".claim")),
      tryLock(join(root, "features", "v6.1", RECIPE, "claims", "1-living")),
    ];
    const { status, lines } = await run("clear");
    assert.equal(status, 1);
    assert.match(lines[1] ?? "", /^30 kB are in use by a process of another version/);
    assert.ok(existsSync(shards) && existsSync(rows));
    for (const lock of locks) lock?.release();
    assert.equal((await run("clear")).status, 0);
    assert.ok(!existsSync(shards) && !existsSync(rows));
  });
});

Deno.test("on a machine without a cache all sizes are zero, and clear has nothing to remove", async () => {
  await withTemporaryFolder(async (folder) => {
    const env = { XDG_CACHE_HOME: folder };
    const { status, stdout } = await headlight(["cache"], { env });
    assert.equal(status, 0);
    assert.match(stdout, /^features +0 B/);
    assert.equal((await headlight(["cache", "clear"], { env })).stdout, "nothing to delete\n");
    assert.equal(existsSync(join(folder, "headlight")), false);
  });
});
