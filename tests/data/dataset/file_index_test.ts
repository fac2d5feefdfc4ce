import assert from "node:assert/strict";
import { join } from "node:path";
import { FileIndex } from "../../../src/data/dataset/file_index.ts";
import { indexedFolder } from "../../../src/data/dataset/file_index_format.ts";
import { openImages } from "../../../src/data/images/folder.ts";
import { openNpyFolder } from "../../../src/data/arrays/npy_folder.ts";
import { putPipe } from "../../damage.ts";
import { withTemporaryFolder } from "../../support.ts";
import { image, writeFiles } from "../images/made_images.ts";
import { smallArrays, writeSet } from "../arrays/made_npy.ts";

/** A clock that is a minute ahead, because the index does not trust files as new as those of the test. */
const later = () => Date.now() + 60_000;

interface Place {
  readonly folder: string;
  readonly path: string;
}

function withPlace(body: (place: Place) => Promise<void>): Promise<void> {
  return withTemporaryFolder(async (root) => {
    const folder = join(root, "data");
    Deno.mkdirSync(folder);
    await body({ folder, path: join(root, "cache", "index.json") });
  });
}

/** Requests the digests of files whose content is their digest. Returns the digests and the names of the files read. */
async function ask(
  { folder, path }: Place,
  names: readonly string[],
  { nowMs = later, whole = true, share }: { nowMs?: () => number; whole?: boolean; share?: string } = {},
) {
  const index = new FileIndex(path, folder, { nowMs, share });
  const read: string[] = [];
  const digests: (string | null)[] = [];
  for (const name of names) {
    digests.push(
      await index.digestOf(name, async () => {
        read.push(name);
        return await Deno.readTextFile(join(folder, name)).catch(() => null);
      }),
    );
  }
  index.save(whole);
  return { digests, read };
}

Deno.test("an unchanged file is not read a second time", async () => {
  await withPlace(async (place) => {
    writeFiles(place.folder, { a: new TextEncoder().encode("one"), b: new TextEncoder().encode("two") });
    assert.deepEqual(await ask(place, ["a", "b"]), { digests: ["one", "two"], read: ["a", "b"] });
    assert.deepEqual(await ask(place, ["a", "b"]), { digests: ["one", "two"], read: [] });
  });
});

const changes: Record<string, (path: string) => void> = {
  "of another length": (path) => Deno.writeTextFileSync(path, "other"),
  "of the same length, rewritten in place with its old modification time": (path) => {
    const { mtime } = Deno.statSync(path);
    Deno.writeTextFileSync(path, "two");
    Deno.utimeSync(path, mtime ?? 0, mtime ?? 0);
  },
  "replaced by renaming another file to it": (path) => {
    const { mtime } = Deno.statSync(path);
    Deno.writeTextFileSync(`${path}.new`, "two");
    Deno.utimeSync(`${path}.new`, mtime ?? 0, mtime ?? 0);
    Deno.renameSync(`${path}.new`, path);
  },
};

for (const [what, change] of Object.entries(changes)) {
  Deno.test(`a file ${what} is read again`, async () => {
    await withPlace(async (place) => {
      Deno.writeTextFileSync(join(place.folder, "a"), "one");
      await ask(place, ["a"]);
      // Some file systems keep inode times in whole seconds.
      await new Promise((resolve) => setTimeout(resolve, 1100));
      change(join(place.folder, "a"));
      const { digests, read } = await ask(place, ["a"]);
      assert.deepEqual(read, ["a"]);
      assert.equal(digests[0], Deno.readTextFileSync(join(place.folder, "a")));
    });
  });
}

Deno.test("a file modified just before it was read is read again, since its times might not reveal the next change", async () => {
  await withPlace(async (place) => {
    Deno.writeTextFileSync(join(place.folder, "a"), "one");
    const { mtime, ctime } = Deno.statSync(join(place.folder, "a"));
    const changedMs = Math.max(mtime?.getTime() ?? NaN, ctime?.getTime() ?? NaN);
    const askAfter = async (ms: number) => (await ask(place, ["a"], { nowMs: () => changedMs + ms })).read;
    // A clock that is behind counts as "just now" too.
    for (const ms of [-60_000, 0, 1000, 2000, 2000]) assert.deepEqual(await askAfter(ms), ["a"]);
    assert.deepEqual(await askAfter(3000), ["a"]);
    assert.deepEqual(await askAfter(3000), []);
  });
});

Deno.test("a file that cannot be read is not remembered", async () => {
  await withPlace(async (place) => {
    for (let time = 0; time < 2; time++) {
      assert.deepEqual(await ask(place, ["gone"]), { digests: [null], read: ["gone"] });
    }
    assert.throws(() => Deno.statSync(place.path), Deno.errors.NotFound);
  });
});

Deno.test("missing files are dropped from the index, except those of a part that was not looked at", async () => {
  await withPlace(async (place) => {
    writeFiles(place.folder, { a: new TextEncoder().encode("one"), b: new TextEncoder().encode("two") });
    await ask(place, ["a", "b"]);
    assert.deepEqual((await ask(place, ["a"], { whole: false })).read, []);
    assert.deepEqual((await ask(place, ["b"])).read, []);
    assert.doesNotMatch(Deno.readTextFileSync(place.path), /"one"/);
    assert.deepEqual((await ask(place, ["a"])).read, ["a"]);
  });
});

Deno.test("the indices of a hundred folders are kept, and the least recently changed ones are removed", async () => {
  await withPlace(async (place) => {
    Deno.writeTextFileSync(join(place.folder, "a"), "one");
    const indices = join(place.path, "..");
    Deno.mkdirSync(indices, { recursive: true });
    for (let number = 0; number < 105; number++) {
      const path = join(indices, `${number}.json`);
      Deno.writeTextFileSync(path, "");
      Deno.utimeSync(path, 1000 + number, 1000 + number);
    }
    await ask(place, ["a"]);
    const left = [...Deno.readDirSync(indices)].map(({ name }) => name);
    assert.equal(left.length, 100);
    assert.ok(left.includes("index.json") && left.includes("104.json") && !left.includes("5.json"));
  });
});

/** Writes files whose content is their name. */
function writeNamed({ folder }: Place, names: readonly string[]): void {
  writeFiles(folder, Object.fromEntries(names.map((name) => [name, new TextEncoder().encode(name)])));
}

Deno.test("what processes that share the files have read, whoever asks for all files does not read again", async () => {
  await withPlace(async (place) => {
    writeNamed(place, ["a", "b", "c"]);
    // Both are open at the same time, so neither has read the other's entries.
    const shares = ["1of2", "2of2"].map((share) => new FileIndex(place.path, place.folder, { share, nowMs: later }));
    for (const [number, names] of [["a"], ["b", "c"]].entries()) {
      for (const name of names) await shares[number]?.digestOf(name, () => Promise.resolve(name));
    }
    for (const share of shares) share.save(false);
    const indices = join(place.path, "..");
    const files = () => [...Deno.readDirSync(indices)].map(({ name }) => name).sort();
    assert.deepEqual(files(), ["index.1of2.json", "index.2of2.json"]);
    assert.deepEqual(await ask(place, ["a", "b", "c"]), { digests: ["a", "b", "c"], read: [] });
    assert.deepEqual(files(), ["index.json"]);
    assert.deepEqual((await ask(place, ["a", "b", "c"])).read, []);
  });
});

Deno.test("a share that is computed again reads no file again, before and after its index was taken over", async () => {
  await withPlace(async (place) => {
    writeNamed(place, ["a", "b"]);
    assert.deepEqual((await ask(place, ["a"], { share: "1of2", whole: false })).read, ["a"]);
    assert.deepEqual((await ask(place, ["a"], { share: "1of2", whole: false })).read, []);
    await ask(place, ["a", "b"]);
    assert.deepEqual((await ask(place, ["a"], { share: "1of2", whole: false })).read, []);
  });
});

Deno.test("an attempt at a share that is interrupted keeps what an earlier one has read", async () => {
  await withPlace(async (place) => {
    writeNamed(place, ["a", "b", "c"]);
    await ask(place, ["a", "b"], { share: "1of2", whole: false });
    await ask(place, ["c"], { share: "1of2", whole: false });
    assert.deepEqual((await ask(place, ["a", "b", "c"], { share: "1of2", whole: false })).read, []);
  });
});

Deno.test("of two shares that have read a file, the newer one is believed", async () => {
  await withPlace(async (place) => {
    writeNamed(place, ["a"]);
    await ask(place, ["a"], { share: "1of2", whole: false });
    const old = Deno.readFileSync(join(place.path, "..", "index.1of2.json"));
    // Some file systems keep inode times in whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    Deno.writeTextFileSync(join(place.folder, "a"), "new");
    await ask(place, ["a"], { share: "1of4", whole: false });
    Deno.writeFileSync(join(place.path, "..", "index.1of2.json"), old);
    Deno.utimeSync(join(place.path, "..", "index.1of2.json"), 1000, 1000);
    assert.deepEqual(await ask(place, ["a"]), { digests: ["new"], read: [] });
  });
});

Deno.test("the indices of shares count as one folder's, so that a hundred shares do not push each other out", async () => {
  await withPlace(async (place) => {
    writeNamed(place, ["a"]);
    for (let number = 1; number <= 120; number++) {
      await ask(place, ["a"], { share: `${number}of120`, whole: false });
    }
    assert.equal([...Deno.readDirSync(join(place.path, ".."))].length, 120);
  });
});

Deno.test("a named pipe in place of the index does not block and is replaced", async () => {
  await withPlace(async (place) => {
    writeFiles(place.folder, { a: new TextEncoder().encode("one") });
    await ask(place, ["a"]);
    putPipe(place.path);
    assert.deepEqual((await ask(place, ["a"])).read, ["a"]);
    assert.deepEqual((await ask(place, ["a"])).read, []);
  });
});

Deno.test("the index of another folder is not used", async () => {
  await withPlace(async (place) => {
    Deno.writeTextFileSync(join(place.folder, "a"), "one");
    await ask(place, ["a"]);
    const moved = { ...place, folder: `${place.folder}2` };
    Deno.renameSync(place.folder, moved.folder);
    assert.deepEqual((await ask(moved, ["a"])).read, ["a"]);
  });
});

Deno.test("whichever byte of the index is flipped or cut off, a digest is always correct and never an error", async () => {
  await withPlace(async (place) => {
    writeFiles(place.folder, { a: new TextEncoder().encode("one"), b: new TextEncoder().encode("two") });
    await ask(place, ["a", "b"]);
    const whole = Deno.readFileSync(place.path);
    let damages = 0;
    const check = async (damaged: Uint8Array) => {
      Deno.writeFileSync(place.path, damaged);
      assert.deepEqual(await ask(place, ["a", "b"]), { digests: ["one", "two"], read: ["a", "b"] });
      damages++;
    };
    for (let byte = 0; byte < whole.length; byte++) {
      await check(whole.with(byte, (whole[byte] ?? 0) ^ (1 << (byte % 8))));
    }
    for (let cut = 0; cut < 200; cut++) await check(whole.subarray(0, Math.floor((cut * whole.length) / 200)));
    console.log(`index of ${whole.length} bytes: ${damages} damages, 0 taken`);
  });
});

Deno.test("an index that can be neither read nor written costs time but does not fail the run", async () => {
  await withPlace(async (place) => {
    Deno.writeTextFileSync(join(place.folder, "a"), "one");
    Deno.mkdirSync(place.path, { recursive: true });
    for (let time = 0; time < 2; time++) assert.deepEqual((await ask(place, ["a"])).digests, ["one"]);
  });
});

Deno.test("folders of images and of arrays have the same digests with the index as without it", async () => {
  await withPlace(async (place) => {
    const files: Record<string, Uint8Array> = {};
    for (const name of ["train/a/1", "train/a/2", "train/b/1", "val/a/1", "val/b/1"]) {
      files[`${name}.png`] = new Uint8Array(await image(20, 10 + Object.keys(files).length).png().toBuffer());
    }
    writeFiles(place.folder, files);
    const source = {
      kind: "pictures",
      folder: place.folder,
      name: "x",
      share: 0.25,
      seed: 1,
      resize: "bilinear",
    } as const;
    const images = openImages(source, 32);
    const set = join(place.folder, "..", "set");
    Deno.mkdirSync(set);
    writeSet(set, smallArrays());
    for (const [dataset, folder] of [[images, place.folder], [openNpyFolder(set), set]] as const) {
      const expected = await dataset.train.digests();
      const read = await dataset.train.read(0, dataset.train.count);
      assert.deepEqual(read.digests, expected);
      const told: number[] = [];
      const onProgress = (done: number) => told.push(done);
      assert.deepEqual(await dataset.train.digests({ range: { from: 1, to: 3 }, onProgress }), expected.slice(1, 3));
      assert.equal(told.at(-1), 2);
      assert.deepEqual(await dataset.train.digests({ range: { from: 2, to: 2 } }), []);
      for (let time = 0; time < 2; time++) {
        const index = new FileIndex(place.path, folder, { nowMs: later });
        assert.deepEqual(await dataset.train.digests({ files: index }), expected);
        index.save(false);
      }
      dataset.close();
    }
  });
});

Deno.test("the folder of an index is found without reading its list", async () => {
  await withPlace(async (place) => {
    assert.equal(indexedFolder(place.path), null);
    const folder = join(place.folder, 'with "quotes" and \u00fcmlauts');
    writeFiles(folder, { a: new TextEncoder().encode("one") });
    await ask({ ...place, folder }, ["a"]);
    assert.equal(indexedFolder(place.path), folder);
    Deno.writeTextFileSync(place.path, `{"version":3,"folder":"${place.folder}","entries":[]}\n`);
    assert.equal(indexedFolder(place.path), null);
  });
});
