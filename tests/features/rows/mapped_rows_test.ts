/** Tests of rows that stay in the store's files. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { FeatureAssembly } from "../../../src/features/assembly.ts";
import { ImageList } from "../../../src/features/image_list.ts";
import { MappedRows } from "../../../src/features/rows/mapped_rows.ts";
import { RowFinder } from "../../../src/features/rows/row_finder.ts";
import { RowStore } from "../../../src/features/rows/row_store.ts";
import { withTemporaryFolder } from "../../support.ts";
import { allRows, digestOf, MADE_ON, numbersTo, RECIPE, rowOf, tableOf, writeRows } from "../made_rows.ts";

const WIDTH = 4;

/** Returns the rows of made-up images, one after the other. */
function rowsOf(numbers: readonly number[]): Float32Array {
  return Float32Array.from(numbers.flatMap((number) => [...rowOf(number, WIDTH)]));
}

/** Returns a finder of made-up images, which has looked at the store. */
function finderOf(store: RowStore, numbers: readonly number[]): RowFinder {
  const finder = new RowFinder(store, tableOf(numbers));
  finder.refresh();
  return finder;
}

Deno.test("mapped rows are those of the store, in any order and repeated", async () => {
  await withTemporaryFolder(async (folder) => {
    const store = new RowStore(folder, RECIPE);
    // Headers of different lengths, so that rows begin at any offset in their file.
    for (const [from, processor] of [[0, "a"], [100, "ab"], [170, "abc"], [171, "abcd"]] as const) {
      writeRows(store, from, from + 100, WIDTH, { processor, threads: 1 });
    }
    const numbers = [205, 3, 99, 100, 170, 171, 0, 31, 32];
    const rows = (await MappedRows.open(finderOf(store, numbers))).at(Int32Array.from(numbers.keys()));
    assert.deepEqual([rows.count, rows.width], [numbers.length, WIDTH]);
    assert.deepEqual(allRows(rows), rowsOf(numbers));
    assert.deepEqual(rows.gather(Int32Array.of(8, 0, 8)), rowsOf([32, 205, 32]));
    assert.deepEqual(rows.gather(new Int32Array()), new Float32Array());
  });
});

Deno.test("mapped rows outlive their files, and a segment that was merged before is found in the new one", async () => {
  await withTemporaryFolder(async (folder) => {
    const store = new RowStore(folder, RECIPE);
    for (let from = 0; from < 90; from += 10) writeRows(store, from, from + 10, WIDTH);
    const finder = finderOf(store, numbersTo(90));
    store.compact();
    assert.equal(store.names().length, 1);
    const rows = (await MappedRows.open(finder)).at(Int32Array.from(numbersTo(90)));
    for (const name of store.names()) store.discard(name);
    assert.deepEqual(allRows(rows), rowsOf(numbersTo(90)));
  });
});

Deno.test("a damaged block, a shortened file and a row that is gone are said in a line, and other blocks do not matter", async () => {
  await withTemporaryFolder(async (folder) => {
    const store = new RowStore(folder, RECIPE);
    const path = join(store.folder, writeRows(store, 0, 100, WIDTH));
    const whole = Deno.readFileSync(path);
    const mapped = async (numbers: number[]) =>
      (await MappedRows.open(finderOf(store, numbers))).at(Int32Array.from(numbers.keys()));
    const complaint = { message: /^features in .* were removed or damaged .* Run the command again$/ };

    const bytes = whole.slice();
    bytes.set([(bytes.at(-1) ?? 0) ^ 1], bytes.length - 1);
    Deno.writeFileSync(path, bytes);
    assert.deepEqual(allRows(await mapped([0, 95])), rowsOf([0, 95]));
    await assert.rejects(mapped([0, 96]), complaint);

    const finder = finderOf(store, [0]);
    Deno.writeFileSync(path, whole.subarray(0, whole.length - 1));
    await assert.rejects(MappedRows.open(finder), complaint);
    await assert.rejects(mapped([0, 500]), complaint);
  });
});

Deno.test("an assembly whose rows stay in the store gives the same sets as one that copies them", async () => {
  await withTemporaryFolder(async (folder) => {
    const store = new RowStore(folder, RECIPE);
    writeRows(store, 0, 6, WIDTH);
    // Image 2 occurs in both parts.
    const numbers = { train: [4, 2, 0, 5], validation: [2, 3] };
    const hex = (list: number[]) => list.map((number) => digestOf(number).toHex());
    const list = new ImageList([
      { part: "train", digests: hex(numbers.train) },
      { part: "validation", digests: hex(numbers.validation) },
    ]);
    const labels = { train: Int32Array.of(0, 1, 0, 1), validation: Int32Array.of(1, 0) };
    const dataset = {
      train: { count: 4, labels: labels.train },
      validation: { count: 2, labels: labels.validation },
    };
    const rows = new RowFinder(store, list.digests);
    rows.refresh();
    const sets = await Promise.all([undefined, { list, rows }].map(async (stored) => {
      const assembly = new FeatureAssembly(dataset, stored, 1);
      for (const part of ["validation", "train"] as const) {
        const indices = [...numbers[part].keys()];
        const broken = part === "train" ? [{ index: 2, path: "broken.jpg", reason: "damaged" }] : [];
        const features = rowsOf(numbers[part]);
        assembly.add({ part, indices, features, width: WIDTH, broken, madeOn: [MADE_ON] });
      }
      const { train, validation } = await assembly.finish();
      return [train, validation].map((set) => ({ ...set, rows: allRows(set.rows) }));
    }));
    assert.deepEqual(sets[1], sets[0]);
    assert.deepEqual(sets[0]?.[0]?.rows, rowsOf([4, 2, 5]));
  });
});
