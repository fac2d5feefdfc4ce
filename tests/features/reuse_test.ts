/** Checks by counting that nothing is computed again when the same images are split or stored in another way. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { openDataSource } from "../../src/data/open.ts";
import type { ImageSource } from "../../src/data/images/folder.ts";
import { features } from "../../src/features/extraction.ts";
import { image, writeFiles } from "../data/images/made_images.ts";
import { withTemporaryFolder } from "../support.ts";
import { collect, counts, digestsIn, rowBits, smallPlan, specFor, storeOf, writeSmallSet } from "./small_set.ts";

const IMAGES = 44;
const FOLDS = 4;

/** Returns 44 images in two classes, all different. */
async function imageFiles(): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (let number = 0; number < IMAGES; number++) {
    const name = `${number % 2 === 0 ? "even" : "odd"}/${String(number).padStart(2, "0")}.png`;
    files[name] = new Uint8Array(await image(50 + number, 60, number).png().toBuffer());
  }
  return files;
}

interface Extracted {
  readonly starts: number;
  readonly cached: number;
  readonly computed: number;
  /** The bits of each row, by file. */
  readonly rows: Map<string, string>;
}

/** Extracts a folder's features and counts the starts and rows. */
async function extract(folder: string, cacheRoot: string, changed: Partial<ImageSource> = {}): Promise<Extracted> {
  const data = { kind: "pictures", folder, name: "x", share: 0.25, seed: 1, resize: "bilinear", ...changed } as const;
  const dataset = await openDataSource(data, 96);
  let starts = 0;
  try {
    const plan = { spec: await specFor(data), dataset, cacheRoot };
    const batches = await collect(features(plan, { onStart: () => starts++ }));
    const rows = new Map<string, string>();
    for (const part of ["train", "validation"] as const) {
      for (const [name, bits] of rowBits(batches.filter((batch) => batch.part === part))) {
        const file = dataset[part].fileOf(Number(name.split(" ")[1])) ?? "";
        rows.set(file.split("/").slice(-2).join("/"), bits);
      }
    }
    return { starts, ...counts(batches), rows };
  } finally {
    dataset.close();
  }
}

/** Asserts that nothing was computed and that each file's row is the same as before. */
function assertReused(found: Extracted, first: Extracted, images = IMAGES): void {
  assert.deepEqual(
    { starts: found.starts, cached: found.cached, computed: found.computed },
    { starts: 0, cached: images, computed: 0 },
  );
  assert.equal(found.rows.size, images);
  for (const [file, bits] of found.rows) assert.equal(bits, first.rows.get(file), file);
}

Deno.test(
  "nothing is computed again for another split, folds, a removed image, another folder or new file names",
  async () => {
    await withTemporaryFolder(async (root) => {
      const cache = join(root, "cache"), folder = join(root, "data");
      const files = await imageFiles();
      writeFiles(folder, files);
      const first = await extract(folder, cache);
      assert.deepEqual([first.starts, first.cached, first.computed], [1, 0, IMAGES]);

      for (const share of [0.1, 0.3, 0.5]) assertReused(await extract(folder, cache, { share }), first);
      for (const seed of [2, 3]) assertReused(await extract(folder, cache, { seed }), first);

      for (let fold = 0; fold < FOLDS; fold++) {
        const parted = Object.entries(files).map(([name, content], number) => {
          return [`${Math.floor(number / 2) % FOLDS === fold ? "val" : "train"}/${name}`, content];
        });
        writeFiles(join(root, `fold-${fold}`), Object.fromEntries(parted));
        assertReused(await extract(join(root, `fold-${fold}`), cache), first);
      }

      writeFiles(join(root, "elsewhere"), files);
      assertReused(await extract(join(root, "elsewhere"), cache), first);

      Deno.removeSync(join(folder, "even", "00.png"));
      assertReused(await extract(folder, cache), first, IMAGES - 1);

      const renamed = Object.entries(files).map((
        [name, content],
      ) => [`${dirname(name)}/another-${name.slice(-6)}`, content]);
      writeFiles(join(root, "renamed"), Object.fromEntries(renamed));
      const { rows: _, ...found } = await extract(join(root, "renamed"), cache);
      assert.deepEqual(found, { starts: 0, cached: IMAGES, computed: 0 });
    });
  },
);

Deno.test("only added images are computed, and an image that occurs twice is computed once", async () => {
  await withTemporaryFolder(async (root) => {
    const cache = join(root, "cache"), folder = join(root, "data");
    const files = await imageFiles();
    writeFiles(folder, files);
    await extract(folder, cache);
    const added = new Uint8Array(await image(30, 90, 7).png().toBuffer());
    writeFiles(folder, { "even/a.png": added, "odd/b.png": added, "odd/c.png": files["even/00.png"] ?? added });
    const { starts, cached, computed, rows } = await extract(folder, cache);
    assert.deepEqual([starts, cached, computed], [1, IMAGES + 1, 2]);
    assert.equal(rows.get("even/a.png"), rows.get("odd/b.png"));
    assert.equal(rows.get("odd/c.png"), rows.get("even/00.png"));
  });
});

Deno.test("with everything cached and unchanged no image file and no array is read", async () => {
  await withTemporaryFolder(async (root) => {
    const cache = join(root, "cache"), folder = join(root, "data"), arrays = join(root, "arrays");
    writeFiles(folder, await imageFiles());
    Deno.mkdirSync(arrays);
    const source = writeSmallSet(arrays, { train: 40, test: 20 });
    const plan = { spec: await specFor(source), dataset: await openDataSource(source, 96), cacheRoot: cache };
    // Files written a moment ago are not trusted to be unchanged.
    await new Promise((resolve) => setTimeout(resolve, 2600));
    const first = await extract(folder, cache);
    await collect(features(plan));
    const opened: string[] = [];
    const open = Deno.open, read = plan.dataset.train.read;
    Deno.open = (path, options) => {
      opened.push(String(path));
      return open(path, options);
    };
    plan.dataset.train.read = (from, to) => {
      opened.push("arrays");
      return read(from, to);
    };
    try {
      assertReused(await extract(folder, cache), first);
      assert.deepEqual(counts(await collect(features(plan))), { cached: 60, computed: 0 });
    } finally {
      Deno.open = open;
    }
    assert.deepEqual(opened.filter((path) => path.startsWith(folder) || path === "arrays"), []);
  });
});

Deno.test("two processes at once whose images overlap compute each image once", async () => {
  await withTemporaryFolder(async (folder) => {
    const all = await smallPlan(folder);
    const some = join(folder, "some");
    Deno.mkdirSync(some);
    const data = writeSmallSet(some, { train: 150, test: 40 });
    const part = { ...all, spec: { ...all.spec, data }, dataset: await openDataSource(data, 96) };
    const pids: number[] = [];
    const onStart = (pid: number) => pids.push(pid);
    const [one, other] = await Promise.all([all, part].map((plan) => collect(features(plan, { onStart }))));
    assert.ok(one && other);
    assert.equal(new Set(pids).size, 2);
    assert.equal(counts(one).computed + counts(other).computed, 270);
    assert.equal(counts(one).cached + counts(other).cached, 190, "what both need one of them computes");
    assert.equal(new Set(digestsIn(storeOf(all))).size, 270);
    const rows = rowBits(one);
    for (const [name, bits] of rowBits(other)) assert.equal(bits, rows.get(name), name);
  });
});
