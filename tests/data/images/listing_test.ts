import assert from "node:assert/strict";
import { join } from "node:path";
import { HeadlightError } from "../../../src/errors.ts";
import { listImages } from "../../../src/data/images/listing.ts";
import { partsOf } from "../../../src/data/images/split.ts";
import { withTemporaryFolder } from "../../support.ts";
import { writeFiles } from "./made_images.ts";

const RULE = { share: 0.25, seed: 2 };
const NOTHING = new Uint8Array();

/** Creates a folder with empty files of these names. */
function withFiles(names: readonly string[], body: (folder: string) => void): Promise<void> {
  return withTemporaryFolder((folder) => {
    writeFiles(folder, Object.fromEntries(names.map((name) => [name, NOTHING])));
    body(folder);
  });
}

const parts = (folder: string, rule = RULE) => partsOf(folder, listImages(folder), rule);

function refused(folder: string, line: RegExp): void {
  assert.throws(() => parts(folder), (error) => {
    assert.ok(error instanceof HeadlightError && error.exitStatus === 2, String(error));
    assert.match(error.message, line);
    return true;
  });
}

for (const second of ["val", "valid", "validation", "test"]) {
  Deno.test(`train/ and ${second}/ with a folder for each class are the training and validation parts`, () =>
    withFiles(
      ["train/b/2.PNG", "train/b/1.jpeg", "train/a/x.webp", `${second}/a/1.gif`, `${second}/b/1.bmp`],
      (folder) => {
        assert.deepEqual(parts(folder), {
          classes: ["a", "b"],
          train: { paths: ["train/a/x.webp", "train/b/1.jpeg", "train/b/2.PNG"], labels: Int32Array.of(0, 1, 1) },
          validation: { paths: [`${second}/a/1.gif`, `${second}/b/1.bmp`], labels: Int32Array.of(0, 1) },
        });
      },
    ));
}

Deno.test("if both val/ and test/ exist, test/ is not used", () =>
  withFiles(["train/a/1.jpg", "train/b/1.jpg", "val/a/2.jpg", "val/b/2.jpg", "test/a/3.jpg"], (folder) => {
    assert.deepEqual(parts(folder).validation.paths, ["val/a/2.jpg", "val/b/2.jpg"]);
  }));

const CLASSES_ALONE = ["a", "b"].flatMap((name) => Array.from({ length: 10 }, (_, index) => `${name}/${index}.jpg`));

Deno.test("class folders alone are split at random class by class, reproducibly for each seed", () =>
  withFiles([...CLASSES_ALONE, ...["1", "2"].map((name) => `few/${name}.jpg`)], (folder) => {
    const { train, validation, classes } = parts(folder);
    assert.deepEqual(classes, ["a", "b", "few"]);
    const count = (labels: Int32Array, label: number) => labels.filter((found) => found === label).length;
    assert.deepEqual([0, 1, 2].map((label) => count(validation.labels, label)), [3, 3, 1]);
    assert.deepEqual([0, 1, 2].map((label) => count(train.labels, label)), [7, 7, 1]);
    assert.deepEqual([...train.paths, ...validation.paths].sort(), [...CLASSES_ALONE, "few/1.jpg", "few/2.jpg"].sort());
    assert.deepEqual(parts(folder), parts(folder));
    assert.notDeepEqual(parts(folder, { ...RULE, seed: 3 }).validation.paths, validation.paths);
    assert.equal(parts(folder, { ...RULE, share: 0.5 }).validation.paths.length, 5 + 5 + 1);
  }));

Deno.test("train/ without a second folder is split too", () =>
  withFiles(CLASSES_ALONE.map((path) => `train/${path}`), (folder) => {
    assert.equal(parts(folder).validation.paths.length, 6);
  }));

Deno.test("files of other kinds are listed separately; hidden files and those of macOS archives are ignored", () =>
  withFiles(
    [...CLASSES_ALONE, "a/notes.txt", "a/.hidden.jpg", "a/Thumbs.db", ".git/x.jpg", "__MACOSX/a/1.jpg", "README.md"],
    (folder) => {
      const listing = listImages(folder);
      assert.deepEqual(listing.others.toSorted(), ["README.md", "a/Thumbs.db", "a/notes.txt"]);
      assert.deepEqual(partsOf(folder, listing, RULE).classes, ["a", "b"]);
    },
  ));

Deno.test("folders within a class belong to it, links are followed, and a loop of links ends", () =>
  withFiles([...CLASSES_ALONE, "a/deep/er/x.jpg", "elsewhere.jpg"], (folder) => {
    Deno.symlinkSync(join(folder, "a"), join(folder, "a", "loop"));
    Deno.symlinkSync(join(folder, "elsewhere.jpg"), join(folder, "b", "link.jpg"));
    Deno.symlinkSync(join(folder, "nowhere"), join(folder, "b", "dangling.jpg"));
    const { train, validation } = parts(folder);
    const all = [...train.paths, ...validation.paths];
    assert.equal(all.length, 20 + 2);
    for (const path of ["a/deep/er/x.jpg", "b/link.jpg"]) assert.ok(all.includes(path), path);
  }));

Deno.test("bad input: fewer than two classes", async () => {
  await withFiles(
    ["only/1.jpg", "only/2.jpg"],
    (folder) => refused(folder, /has one folder \(only\) of images, but a data set needs at least two/),
  );
});

Deno.test("bad input: a class without images, in the listing or in one part", async () => {
  await withFiles(
    ["a/1.jpg", "a/2.jpg", "b/notes.txt"],
    (folder) => refused(folder, /has one folder \(a\) of images, but a data set needs at least two/),
  );
  await withFiles(
    ["a/1.jpg", "a/2.jpg", "b/1.jpg"],
    (folder) =>
      refused(
        folder,
        /class b has only one image \(b\/1\.jpg\)\. Each class needs at least two, .* Add images to b, or remove that folder$/,
      ),
  );
  await withFiles(
    ["train/a/1.jpg", "train/b/1.jpg", "val/a/1.jpg"],
    (folder) =>
      refused(
        folder,
        /train\/b has images, but there are no validation images in val\/b\. Add some, or remove train\/b\./,
      ),
  );
  await withFiles(
    ["train/a/1.jpg", "train/b/x.txt", "val/a/1.jpg", "val/b/1.jpg"],
    (folder) =>
      refused(
        folder,
        /val\/b has images, but train\/b has none\. Put training images into train\/b, or remove val\/b\./,
      ),
  );
  await withFiles(
    [
      "X/Training/a/1.jpg",
      "X/Training/b/1.jpg",
      "X/Training/Neu/a.txt",
      "X/Test/a/1.jpg",
      "X/Test/b/1.jpg",
      "X/Test/Neu/1.jpg",
    ],
    (folder) => refused(folder, /: X\/Test\/Neu has images, but X\/Training\/Neu has none\./),
  );
  await withFiles(
    ["train/a/1.jpg", "train/b/1.jpg", "val/a/1.jpg", "val/b/1.jpg", "val/c/1.jpg"],
    (folder) =>
      refused(
        folder,
        /val\/c has images, but train\/c does not exist\. Put training images into train\/c, or remove val\/c\./,
      ),
  );
});
