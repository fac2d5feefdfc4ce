import assert from "node:assert/strict";
import { join } from "node:path";
import { Claims, turnName } from "../../src/features/rows/claims.ts";
import { type Reach, reachOf, reachText } from "../../src/features/rows/reach.ts";
import { RowFinder } from "../../src/features/rows/row_finder.ts";
import { RowStore } from "../../src/features/rows/row_store.ts";
import { WorkQueue } from "../../src/features/work_queue.ts";
import { tryLock } from "../../src/files/lock.ts";
import { withTemporaryFolder } from "../support.ts";
import { numbersTo, RECIPE, tableOf, writeRows } from "./made_rows.ts";

const BATCH = 4;

interface Worker {
  readonly queue: WorkQueue;
  readonly claims: Claims;
  clockMs: number;
}

/** Returns a worker process's view of made-up images, of which the first `train` belong to the training set. */
function worker(
  store: RowStore,
  numbers: readonly number[],
  { train = numbers.length, ahead = 1, host = "here", reach = null }: {
    readonly train?: number;
    readonly ahead?: number;
    readonly host?: string;
    readonly reach?: Reach | null;
  } = {},
): Worker {
  const digests = tableOf(numbers);
  const clock = { clockMs: 0 };
  const claims = Claims.open(store.folder, digests, { host, reach, nowMs: () => clock.clockMs });
  const parts = numbers.map((_, place) => (place < train ? "train" : "validation"));
  const queue = new WorkQueue(new RowFinder(store, digests), claims, {
    parts,
    batchSize: BATCH,
    ahead,
    nowMs: () => clock.clockMs,
  });
  return Object.assign(clock, { queue, claims });
}

function withStore(body: (store: RowStore) => Promise<void>): Promise<void> {
  return withTemporaryFolder((folder) => body(new RowStore(folder, RECIPE)));
}

const claimFiles = (store: RowStore) =>
  [...Deno.readDirSync(join(store.folder, "claims"))].map(({ name }) => name).filter((name) => !name.startsWith("."));

Deno.test("images without rows are taken in order, in batches of one part", async () => {
  await withStore(async (store) => {
    writeRows(store, 1, 3);
    const { queue, claims } = worker(store, numbersTo(12), { train: 9 });
    assert.deepEqual(await queue.take(), { batch: [0, 3, 4, 5], found: [1, 2] });
    assert.deepEqual(await queue.take(), { batch: [6, 7, 8], found: [] });
    assert.ok(!queue.isEmpty);
    assert.deepEqual(await queue.take(), { batch: [9, 10, 11], found: [] });
    assert.ok(queue.isEmpty);
    claims.release();
    assert.deepEqual(claimFiles(store), []);
  });
});

Deno.test("rows that were merged after they were found are not found again", async () => {
  await withStore(async (store) => {
    const small = [writeRows(store, 0, 2), writeRows(store, 2, 4)];
    const one = worker(store, numbersTo(12));
    assert.deepEqual(await one.queue.take(), { batch: [4, 5, 6, 7], found: [0, 1, 2, 3] });
    writeRows(store, 0, 10);
    for (const name of small) store.discard(name);
    one.clockMs = 5000;
    assert.deepEqual(await one.queue.take(), { batch: [10, 11], found: [8, 9] });
    assert.ok(one.queue.isEmpty);
    one.claims.release();
  });
});

Deno.test("images claimed by another process are left to it until their rows are there", async () => {
  await withStore(async (store) => {
    const one = worker(store, numbersTo(8)), other = worker(store, [2, 3, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual(await one.queue.take(), { batch: [0, 1, 2, 3], found: [] });
    // Positions: image 2 is the other worker's first.
    assert.deepEqual(await other.queue.take(), { batch: [2, 3, 4, 5], found: [] });
    assert.deepEqual(await one.queue.take(), { batch: [], found: [] });
    assert.deepEqual(await other.queue.take(), { batch: [6, 7], found: [] });
    writeRows(store, 0, 4);
    assert.deepEqual(await other.queue.take(), { batch: [], found: [0, 1] });
    assert.ok(other.queue.isEmpty);
    writeRows(store, 4, 8);
    assert.deepEqual(await one.queue.take(), { batch: [], found: [4, 5, 6, 7] });
    assert.ok(one.queue.isEmpty);
    one.claims.release();
    other.claims.release();
  });
});

Deno.test("all batches that are read ahead stay claimed until they are done", async () => {
  await withStore(async (store) => {
    const one = worker(store, numbersTo(24), { ahead: 3 }), other = worker(store, numbersTo(24));
    for (const from of [0, 4, 8]) {
      assert.deepEqual((await one.queue.take()).batch, [from, from + 1, from + 2, from + 3]);
    }
    assert.deepEqual((await other.queue.take()).batch, [12, 13, 14, 15]);
    // The first of the three is being computed while the next one is taken.
    assert.deepEqual((await one.queue.take()).batch, [16, 17, 18, 19]);
    assert.deepEqual((await other.queue.take()).batch, [20, 21, 22, 23]);
    writeRows(store, 0, 4);
    assert.deepEqual(await other.queue.take(), { batch: [], found: [0, 1, 2, 3] });
    one.claims.release();
    other.claims.release();
  });
});

Deno.test("images claimed by a process that gave up or died are taken at once", async () => {
  await withStore(async (store) => {
    const one = worker(store, numbersTo(8)), other = worker(store, numbersTo(8));
    await one.queue.take();
    one.claims.release();
    assert.deepEqual(await other.queue.take(), { batch: [0, 1, 2, 3], found: [] });
    // A killed process leaves a file behind that nobody has locked.
    const dead = join(store.folder, "claims", "99999-dead");
    Deno.writeFileSync(dead, tableOf([4]).bytes(0));
    assert.deepEqual(await other.queue.take(), { batch: [4, 5, 6, 7], found: [] });
    assert.throws(() => Deno.statSync(dead), Deno.errors.NotFound);
    other.claims.release();
  });
});

Deno.test("the claim of a suspended process is respected for a minute, then its images are computed here too", async () => {
  await withStore(async (store) => {
    const one = worker(store, numbersTo(4)), other = worker(store, numbersTo(4));
    await one.queue.take();
    for (const clockMs of [0, 30_000, 59_000]) {
      other.clockMs = clockMs;
      assert.deepEqual(await other.queue.take(), { batch: [], found: [] });
    }
    other.clockMs = 60_000;
    assert.deepEqual(await other.queue.take(), { batch: [0, 1, 2, 3], found: [] });
    one.claims.release();
    other.claims.release();
  });
});

Deno.test("a process suspended while it chooses its images delays others by at most two seconds a batch", async () => {
  await withStore(async (store) => {
    const { queue, claims } = worker(store, numbersTo(4));
    const turn = tryLock(join(store.folder, "claims", ".turn"));
    assert.ok(turn);
    assert.deepEqual((await queue.take()).batch, [0, 1, 2, 3]);
    turn.release();
    claims.release();
  });
});

/** Writes the claim of a process of another host, which has no lock that is seen here. */
function claimElsewhere(store: RowStore, name: string, positions: readonly number[]): string {
  const path = join(store.folder, "claims", name);
  const table = tableOf(positions);
  const bytes = positions.flatMap((_, place) => [...table.bytes(place)]);
  Deno.writeFileSync(path, Uint8Array.from(bytes));
  return path;
}

Deno.test("the claim of another host counts as long as it changes, whatever locks say, and is not removed", async () => {
  await withStore(async (store) => {
    const { queue, claims } = worker(store, numbersTo(12));
    const path = claimElsewhere(store, "there.1-0a", [0, 1, 2, 3]);
    assert.deepEqual((await queue.take()).batch, [4, 5, 6, 7]);
    assert.deepEqual((await queue.take()).batch, [8, 9, 10, 11]);
    assert.deepEqual((await queue.take()).batch, []);
    assert.ok(Deno.statSync(path).isFile);
    claims.release();
  });
});

Deno.test("the claim of another host that does not change for a minute counts no more", async () => {
  await withStore(async (store) => {
    const one = worker(store, numbersTo(12));
    claimElsewhere(store, "there.1-0a", [0, 1, 2, 3]);
    assert.deepEqual((await one.queue.take()).batch, [4, 5, 6, 7]);
    one.clockMs = 50_000;
    claimElsewhere(store, "there.1-0a", [0, 1, 2]);
    assert.deepEqual((await one.queue.take()).batch, [3, 8, 9, 10]);
    // It changed at 50 s, so it counts until 110 s.
    one.clockMs = 100_000;
    assert.deepEqual((await one.queue.take()).batch, [11]);
    one.clockMs = 111_000;
    assert.deepEqual((await one.queue.take()).batch, [0, 1, 2]);
    one.claims.release();
  });
});

Deno.test("of two hosts that choose the same images at the same time, the one with the later name gives way", async () => {
  await withStore(async (store) => {
    const one = worker(store, numbersTo(8), { host: "m" });
    // Both hosts have looked before either has written its claim: it appears only when this one looks again.
    const say = one.claims.say.bind(one.claims);
    let said = 0;
    one.claims.say = (positions) => {
      say(positions);
      if (said++ === 0) claimElsewhere(store, "a.1-0a", [0, 1, 2, 3]);
    };
    claimElsewhere(store, "a.1-0a", [100]);
    assert.deepEqual((await one.queue.take()).batch, [4, 5, 6, 7]);
    one.claims.release();

    const other = worker(store, numbersTo(8), { host: "m" });
    claimElsewhere(store, "z.1-0a", [100]);
    const sayIt = other.claims.say.bind(other.claims);
    other.claims.say = (positions) => {
      sayIt(positions);
      claimElsewhere(store, "z.1-0a", [4, 5, 6, 7]);
    };
    Deno.removeSync(join(store.folder, "claims", "a.1-0a"));
    assert.deepEqual((await other.queue.take()).batch, [0, 1, 2, 3]);
    other.claims.release();
  });
});

Deno.test("claims that are not digests or that concern other images are ignored", async () => {
  await withStore(async (store) => {
    const strangers = worker(store, [100, 101]), own = worker(store, numbersTo(4));
    await strangers.queue.take();
    const [name = ""] = claimFiles(store);
    Deno.writeFileSync(join(store.folder, "claims", name), Uint8Array.of(1, 2, 3));
    assert.deepEqual((await own.queue.take()).batch, [0, 1, 2, 3]);
    strangers.claims.release();
    own.claims.release();
  });
});

Deno.test("while nobody else claims its images, a process looks at the store only every five seconds", async () => {
  await withStore(async (store) => {
    const one = worker(store, numbersTo(20)), other = worker(store, [18, 19]);
    assert.deepEqual(await one.queue.take(), { batch: [0, 1, 2, 3], found: [] });
    // A short-lived process, which this one did not meet.
    writeRows(store, 4, 6);
    one.clockMs = 4999;
    assert.deepEqual(await one.queue.take(), { batch: [4, 5, 6, 7], found: [] });
    writeRows(store, 8, 10);
    one.clockMs = 5000;
    assert.deepEqual(await one.queue.take(), { batch: [10, 11, 12, 13], found: [8, 9] });
    await other.queue.take();
    assert.deepEqual(await one.queue.take(), { batch: [14, 15, 16, 17], found: [] });
    // What the other one claimed is there when it claims nothing any more.
    writeRows(store, 18, 20);
    other.claims.release();
    assert.deepEqual(await one.queue.take(), { batch: [], found: [18, 19] });
    one.claims.release();
  });
});

Deno.test("processes of different shares do not open each other's claims and do not wait for each other's turn", async () => {
  await withStore(async (store) => {
    const [first, second] = [reachOf("data", { from: 0, to: 8 }), reachOf("data", { from: 8, to: 16 })];
    const one = worker(store, numbersTo(8), { reach: first });
    const other = worker(store, numbersTo(16).slice(8), { reach: second });
    await one.queue.take();
    const name = claimFiles(store).find((claim) => claim.includes(reachText(first))) ?? "";
    // Opening a folder as a file would fail.
    Deno.removeSync(join(store.folder, "claims", name));
    Deno.mkdirSync(join(store.folder, "claims", name));
    const turns = tryLock(join(store.folder, "claims", turnName(first)));
    const beganMs = performance.now();
    assert.deepEqual((await other.queue.take()).batch, [0, 1, 2, 3]);
    assert.ok(performance.now() - beganMs < 1000);
    turns?.release();
    other.claims.release();
    Deno.removeSync(join(store.folder, "claims", name));
    one.claims.release();
  });
});

for (
  const [what, reach] of [
    ["of the same share", reachOf("data", { from: 0, to: 8 })],
    ["of another division into shares", reachOf("data", { from: 4, to: 12 })],
    ["of another data set", reachOf("other", { from: 100, to: 200 })],
    ["without a share", null],
  ] as const
) {
  Deno.test(`a process of a share leaves images to one ${what}, and the other way round`, async () => {
    await withStore(async (store) => {
      const one = worker(store, numbersTo(8), { reach: reachOf("data", { from: 0, to: 8 }) });
      const other = worker(store, numbersTo(8), { reach });
      assert.deepEqual((await one.queue.take()).batch, [0, 1, 2, 3]);
      assert.deepEqual((await other.queue.take()).batch, [4, 5, 6, 7]);
      assert.deepEqual((await one.queue.take()).batch, []);
      one.claims.release();
      other.claims.release();
    });
  });
}
