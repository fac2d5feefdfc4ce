import assert from "node:assert/strict";
import { join } from "node:path";
import { DigestTable } from "../../../src/features/rows/digest_table.ts";
import { RowFinder } from "../../../src/features/rows/row_finder.ts";
import { RowStore } from "../../../src/features/rows/row_store.ts";
import { makePipe } from "../../damage.ts";
import { withTemporaryFolder } from "../../support.ts";
import { digestOf, MADE_ON, numbersTo, OTHER_RECIPE, RECIPE, rowOf, tableOf, writeRows } from "../made_rows.ts";
import { digestsIn } from "../small_set.ts";

const WIDTH = 4;

function withStore(body: (store: RowStore) => void, mergeRows?: number): Promise<void> {
  return withTemporaryFolder((folder) => body(new RowStore(folder, RECIPE, mergeRows)));
}

function finderOf(store: RowStore, numbers: readonly number[]): RowFinder {
  const finder = new RowFinder(store, tableOf(numbers));
  finder.refresh();
  return finder;
}

/** Reads the rows of made-up images, asserts that each is the right one, and returns how many there were. */
function readTrue(store: RowStore, numbers: readonly number[]): number {
  const { positions, features, absent } = finderOf(store, numbers).read(numbers.map((_, position) => position));
  for (const [row, position] of positions.entries()) {
    const found = features.subarray(row * WIDTH, (row + 1) * WIDTH);
    assert.deepEqual(found, rowOf(numbers[position] ?? NaN, WIDTH), `row of ${position}`);
  }
  assert.equal(positions.length + absent.length, numbers.length);
  return positions.length;
}

/** Runs `use` and counts the bytes that it reads from files. */
function countRead<T>(use: () => T): { bytes: number; value: T } {
  let bytes = 0;
  const original = Deno.FsFile.prototype.readSync;
  Deno.FsFile.prototype.readSync = function (buffer) {
    const read = original.call(this, buffer);
    bytes += read ?? 0;
    return read;
  };
  try {
    const value = use();
    return { value, bytes };
  } finally {
    Deno.FsFile.prototype.readSync = original;
  }
}

Deno.test("written rows are read back bit for bit in the requested order", async () => {
  await withStore((store) => {
    assert.deepEqual(finderOf(store, [1, 2]).missing(), [0, 1]);
    writeRows(store, 0, 100);
    writeRows(store, 100, 130);
    const finder = finderOf(store, [129, 3, 500, 64]);
    assert.deepEqual(finder.missing(), [2]);
    const { positions, features, absent, madeOn } = finder.read([3, 2, 0, 1]);
    assert.deepEqual(positions, [3, 0, 1]);
    assert.deepEqual(absent, [2]);
    assert.deepEqual(features, Float32Array.from([64, 129, 3].flatMap((number) => [...rowOf(number, WIDTH)])));
    assert.deepEqual(madeOn, [MADE_ON]);
  });
});

Deno.test("the bits of NaN values are kept", async () => {
  await withStore((store) => {
    const bits = Uint32Array.of(0x7fc00001, 0xffc12345, 0x80000000, 0x7f800000);
    store.write(MADE_ON, digestOf(0), { features: new Float32Array(bits.buffer), rows: 1, width: 4 });
    const { features } = finderOf(store, [0]).read([0]);
    assert.deepEqual(new Uint32Array(features.buffer, features.byteOffset, 4), bits);
  });
});

Deno.test("with any bit flipped or any length cut, a row of a segment is right or missing, never an error", async () => {
  await withStore((store) => {
    const numbers = numbersTo(40);
    const name = writeRows(store, 0, 40);
    const path = join(store.folder, name);
    const whole = Deno.readFileSync(path);
    const found = { flipped: 0, cut: 0, rows: 0 };
    for (let byte = 0; byte < whole.length; byte++) {
      for (const bit of [1 << (byte % 8), 255]) {
        Deno.writeFileSync(path, whole.with(byte, (whole[byte] ?? 0) ^ bit));
        const rows = readTrue(store, numbers);
        assert.ok(rows < 40, `byte ${byte} is not sealed`);
        found.flipped++;
        found.rows += rows;
      }
    }
    for (let cut = 0; cut < 200; cut++) {
      Deno.writeFileSync(path, whole.subarray(0, Math.floor((cut * whole.length) / 200)));
      assert.equal(readTrue(store, numbers), 0, "a segment that is cut short is not taken");
      found.cut++;
    }
    Deno.writeFileSync(path, new Uint8Array([...whole, 0]));
    assert.equal(readTrue(store, numbers), 0, "a segment that is too long is not taken");
    console.log(
      `segment of ${whole.length} bytes: ${found.flipped} flips and ${found.cut} cuts, 0 taken wrongly; ` +
        `${found.rows} rows of undamaged blocks were read`,
    );
  });
});

Deno.test("segments of two exchanged recipes are refused, and a segment under another name is read", async () => {
  await withTemporaryFolder((folder) => {
    const stores = [new RowStore(folder, RECIPE), new RowStore(folder, OTHER_RECIPE)] as const;
    const [one, other] = stores.map((store) => join(store.folder, writeRows(store, 0, 10)));
    assert.ok(one && other);
    const [first, second] = [Deno.readFileSync(one), Deno.readFileSync(other)];
    Deno.writeFileSync(one, second);
    Deno.writeFileSync(other, first);
    for (const store of stores) assert.equal(readTrue(store, numbersTo(10)), 0);
    for (const store of stores) assert.deepEqual(store.names(), [], "what is of no use is removed");
    // The seal counts, not the name.
    Deno.writeFileSync(join(stores[0].folder, "renamed.rows"), first);
    assert.equal(readTrue(stores[0], numbersTo(10)), 10);
  });
});

Deno.test("a damaged block loses only its own rows, and mending keeps the others and removes the damaged segment", async () => {
  await withStore((store) => {
    const name = writeRows(store, 0, 100);
    const path = join(store.folder, name);
    const file = Deno.readFileSync(path);
    // The last four rows are a block of their own.
    Deno.writeFileSync(path, file.with(file.length - 1, (file.at(-1) ?? 0) ^ 1));
    const finder = finderOf(store, numbersTo(100));
    const all = numbersTo(100);
    assert.deepEqual(finder.read(all).absent, [96, 97, 98, 99]);
    finder.mend();
    assert.deepEqual(finder.missing(), [96, 97, 98, 99]);
    assert.ok(!store.names().includes(name));
    assert.equal(readTrue(store, all), 96);
  });
});

Deno.test("many small segments are merged with each image once, separately for each processor", async () => {
  await withStore((store) => {
    const elsewhere = { processor: "another", threads: 8 };
    for (let from = 0; from < 300; from += 10) writeRows(store, from, from + 10);
    for (let from = 300; from < 400; from += 10) writeRows(store, from, from + 10, WIDTH, elsewhere);
    // As if two processes had computed the same images.
    writeRows(store, 95, 105);
    store.compact();
    assert.equal(store.names().length, 3 + 1, "300 rows in segments of 128, and 100 of another processor");
    assert.equal(digestsIn(store).length, 400);
    assert.equal(readTrue(store, numbersTo(400)), 400);
    const finder = finderOf(store, [5, 350]);
    assert.deepEqual(finder.read([0]).madeOn, [MADE_ON]);
    assert.deepEqual(finder.read([0, 1]).madeOn, [elsewhere, MADE_ON]);
    const names = store.names().sort();
    store.compact();
    assert.deepEqual(store.names().sort(), names, "few segments are left as they are");
  }, 128);
});

Deno.test("rows found in segments that another process merges meanwhile can still be read", async () => {
  await withStore((store) => {
    for (let from = 0; from < 100; from += 10) writeRows(store, from, from + 10);
    const finder = finderOf(store, numbersTo(100));
    store.compact();
    assert.equal(store.names().length, 1);
    const { positions, features, absent } = finder.read(numbersTo(100));
    assert.deepEqual([positions.length, absent.length], [100, 0]);
    assert.deepEqual(features.subarray(99 * WIDTH), rowOf(99, WIDTH));
  });
});

Deno.test("a row whose one copy is removed is found in the other", async () => {
  await withStore((store) => {
    const first = writeRows(store, 0, 20);
    writeRows(store, 0, 30);
    const finder = finderOf(store, numbersTo(30));
    store.discard(first);
    assert.deepEqual(finder.read(numbersTo(30)).absent, []);
  });
});

Deno.test("after a merge only the new segment is read, and a row that is not in it is looked for in the others", async () => {
  await withStore((store) => {
    const kept = writeRows(store, 0, 100);
    const parts = [0, 4, 8].map((from) => writeRows(store, 100 + from, 104 + from));
    const finder = new RowFinder(store, tableOf(numbersTo(112)));
    const all = numbersTo(112);
    assert.deepEqual(finder.refresh().toSorted((one, other) => one - other), all);
    assert.deepEqual(countRead(() => finder.refresh()), { bytes: 0, value: [] });
    const merged = writeRows(store, 100, 112);
    for (const name of parts) store.discard(name);
    const opened: string[] = [];
    const original = store.withFile.bind(store);
    store.withFile = (name, use) => {
      opened.push(name);
      return original(name, use);
    };
    assert.deepEqual(finder.refresh(), all.slice(100));
    assert.deepEqual(opened.splice(0), [merged]);
    // Its rows are now in two segments, of which the first one is known to contain them.
    const copy = writeRows(store, 90, 100);
    finder.refresh();
    store.discard(kept);
    opened.length = 0;
    finder.refresh();
    assert.deepEqual(new Set(opened), new Set([merged, copy]));
    assert.deepEqual(finder.missing(), numbersTo(90));
    assert.deepEqual(finder.read(all.slice(90)).positions, all.slice(90));
  });
});

Deno.test("finding a few of 50,000 rows reads only the heads and the blocks needed", async () => {
  await withStore((store) => {
    for (let from = 0; from < 50_000; from += 4096) writeRows(store, from, Math.min(50_000, from + 4096));
    const wanted = [49_999, 4095, 4096, 17];
    const finder = finderOf(store, wanted);
    const { bytes, value: { positions, features } } = countRead(() => finder.read([0, 1, 2, 3]));
    assert.deepEqual(positions, [0, 1, 2, 3]);
    assert.deepEqual(features, Float32Array.from(wanted.flatMap((number) => [...rowOf(number, WIDTH)])));
    assert.ok(bytes <= 4 * 32 * WIDTH * 4, `${bytes} bytes were read for four rows`);
  });
});

Deno.test("rows requested in another order than they are stored in are read once each", async () => {
  await withStore((store) => {
    for (let from = 0; from < 20_000; from += 4096) writeRows(store, from, Math.min(20_000, from + 4096));
    // Neighbours in this order are stored 7919 rows apart.
    const finder = finderOf(store, numbersTo(20_000).map((place) => (place * 7919) % 20_000));
    const { bytes, value: rows } = countRead(() => {
      const there = finder.present();
      let rows = 0;
      for (let from = 0; from < there.length; from += 256) {
        rows += finder.read(there.slice(from, from + 256)).positions.length;
      }
      return rows;
    });
    assert.equal(rows, 20_000);
    assert.ok(bytes < 1.01 * 20_000 * WIDTH * 4, `${bytes} bytes were read for ${20_000 * WIDTH * 4}`);
  });
});

Deno.test("a cache that can be neither written nor read is reported in one line with a remedy", async () => {
  await withTemporaryFolder((folder) => {
    // A file in place of the folder. Unlike a read-only folder, it stops root too.
    Deno.writeTextFileSync(join(folder, "features"), "");
    const store = new RowStore(folder, RECIPE);
    for (
      const [use, line] of [
        [() => writeRows(store, 0, 1), /^cannot write features to .*\/features\/.*: .*XDG_CACHE_HOME$/],
        [() => finderOf(store, [0]), /^cannot read features from .*\/features\/.*: .*XDG_CACHE_HOME$/],
      ] as const
    ) {
      assert.throws(use, (error) => {
        assert.ok(error instanceof Error && error.name === "HeadlightError", String(error));
        assert.match(error.message, line);
        return true;
      });
    }
  });
});

Deno.test("named pipes and dangling links are not taken for segments, and the segments beside them are read", async () => {
  await withStore((store) => {
    writeRows(store, 0, 3);
    makePipe(join(store.folder, "pipe.rows"));
    Deno.symlinkSync("nothing", join(store.folder, "nothing.rows"));
    Deno.symlinkSync("itself.rows", join(store.folder, "itself.rows"));
    assert.equal(readTrue(store, numbersTo(3)), 3);
  });
});

Deno.test("a table of digests gives each digest a position and finds it by its bytes", () => {
  const table = new DigestTable(1000);
  const positions = numbersTo(1000).map((number) => table.add(digestOf(number).toHex()));
  assert.deepEqual(positions, numbersTo(1000));
  assert.equal(table.add(digestOf(7).toHex()), 7);
  assert.equal(table.size, 1000);
  for (const number of numbersTo(1000)) assert.equal(table.find(digestOf(number), 0), number);
  assert.equal(table.find(digestOf(1000), 0), -1);
  assert.equal(table.hex(3), digestOf(3).toHex());
  assert.throws(() => table.add("abc"), RangeError);
});
