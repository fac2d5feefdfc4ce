/** Tries random trees of folders. Each is read, or refused in one line, and no image is used twice or lost silently. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { HeadlightError } from "../../../src/errors.ts";
import { checkFolder } from "../../../src/data/find_folder.ts";
import type { FolderListing } from "../../../src/data/images/folder_listing.ts";
import { listFiles } from "../../../src/data/images/listing.ts";
import { partsOf } from "../../../src/data/images/split.ts";
import { Dice } from "../../../src/data/dataset/dice.ts";
import { withTemporaryFolder } from "../../support.ts";
import { writeFiles } from "./made_images.ts";
import { writeGarbled } from "./made_folders.ts";

const TREES = 300;

const FOLDERS = [
  ...["train", "Train", "training_set", "val", "VALID", "test", "test_set", "dev", "seg_train", "seg_test"],
  ...["a", "b", "cat", "caf\u00e9", "cafe\u0301", "0", "10", "2024", "images", "train station", "\ufffd", "-x", "a b"],
  ...[".git", "__MACOSX"],
] as const;
const FILES = [
  ...[
    "1.jpg",
    "2.PNG",
    "3.jpeg",
    "4.webp",
    "\u00fc.gif",
    "u\u0308.gif",
    "with space.bmp",
    "\x1b[31m.jpg",
    "new\nline.jpg",
  ],
  ...["notes.txt", "Thumbs.db", "5.heic", "noending", ".hidden.jpg", "._1.jpg", "\ufffd.jpg"],
] as const;

interface Tree {
  readonly files: string[];
  /** The path of each link and its target, which may not exist. */
  readonly links: { path: string; target: string }[];
  readonly garbled: string[];
}

/** Grows a folder: files, links, names that are not UTF-8, and further folders down to a depth. */
function grow(dice: Dice, path: string, depth: number, links: "files" | "folders", tree: Tree): void {
  for (const name of some(dice, FILES, dice.whole(0, 4))) tree.files.push(join(path, name));
  if (dice.chance(0.05)) tree.links.push({ path: join(path, "lost.jpg"), target: "/nowhere/x.jpg" });
  if (dice.chance(0.05)) tree.links.push({ path: join(path, "lost"), target: "nowhere" });
  if (dice.chance(0.03)) tree.garbled.push(join(path, "b\\344d.jpg").replaceAll("%", "%%"));
  if (dice.chance(0.02)) tree.garbled.push(join(path, "caf\\351/1.jpg").replaceAll("%", "%%"));
  if (links === "folders" && dice.chance(0.3)) {
    const target = dice.pick([".", "..", "../..", "../a", "../train", "../b/images", "/tmp/nothing-here"]);
    tree.links.push({ path: join(path, "link"), target });
  }
  if (depth === 0) return;
  for (const name of some(dice, FOLDERS, dice.whole(0, 3))) grow(dice, join(path, name), depth - 1, links, tree);
}

function some(dice: Dice, names: readonly string[], count: number): string[] {
  return dice.order(names.length).slice(0, count).flatMap((index) => names[index] ?? []);
}

/** Creates the tree. Leaves out files whose path is taken by a folder. */
function plant(folder: string, tree: Tree): void {
  const taken = new Set<string>();
  for (const path of [...tree.files].sort((one, other) => other.split("/").length - one.split("/").length)) {
    if (taken.has(path)) continue;
    for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) taken.add(path.slice(0, end));
    writeFiles(folder, { [path]: new Uint8Array() });
  }
  for (const { path, target } of tree.links) {
    if (taken.has(path)) continue;
    Deno.mkdirSync(join(folder, path, ".."), { recursive: true });
    Deno.symlinkSync(target, join(folder, path));
  }
  for (const path of tree.garbled) writeGarbled(folder, path);
}

/** Returns the images that an independent walk finds: those that are not hidden, in folders that are not hidden. */
function imagesBelow(folder: string, within = ""): string[] {
  return [...Deno.readDirSync(join(folder, within))].flatMap(({ name, isFile, isDirectory }) => {
    const path = join(within, name);
    if (name.startsWith(".") || name === "__MACOSX" || !isThere(join(folder, path))) return [];
    if (isDirectory) return imagesBelow(folder, path);
    return isFile && /\.(jpe?g|png|gif|webp|bmp|heic)$/i.test(name) ? [path] : [];
  });
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Returns how many images the lines report as left out. */
function saidLeftOut({ notices, remarks }: FolderListing): number {
  const counts = [...notices, ...remarks].flatMap((line) => [
    ...(/^(\d+) images? beside the class folders/.exec(line) ?? []).slice(1),
    ...(/^\d+ folders with (\d+) images are left out, because/.exec(line) ?? []).slice(1),
    ...(/^[^:]*\/ \((\d+) images?(?:, no class folders)?\) is left out/.exec(line) ?? []).slice(1),
  ]);
  return counts.reduce((sum, one) => sum + Number(one), 0);
}

function pathsIn({ layout }: FolderListing): string[] {
  const all = layout.kind === "classes" ? layout.all : [...layout.train, ...layout.validation];
  return all.flatMap(({ paths }) => paths);
}

/** Returns null if the folder was refused in one line. */
function tried<T>(act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    assert.ok(error instanceof HeadlightError && error.exitStatus === 2, String(error));
    assert.doesNotMatch(error.message, /os error|stat /);
    return null;
  }
}

for (const links of ["files", "folders"] as const) {
  Deno.test(`${TREES} random trees of folders with links to ${links} are read or refused; no image is used twice or silently lost`, async () => {
    let read = 0;
    let trainable = 0;
    let used = 0;
    let leftOut = 0;
    for (let seed = 0; seed < TREES; seed++) {
      await withTemporaryFolder((folder) => {
        const tree: Tree = { files: [], links: [], garbled: [] };
        grow(new Dice("tree", links, seed), "", 3, links, tree);
        plant(folder, tree);
        const walked = listFiles(folder).images;
        assert.equal(new Set(walked.map((path) => Deno.realPathSync(join(folder, path)))).size, walked.length);
        if (links === "files") assert.deepEqual(walked, imagesBelow(folder).sort(), `seed ${seed}`);
        const found = tried(() => checkFolder(folder));
        if (found?.kind !== "pictures") return;
        const { listing } = found;
        const parts = tried(() => partsOf(folder, listing, { share: 0.25, seed: 1 }));
        if (parts) trainable++;
        const paths = pathsIn(listing);
        if (parts) assert.deepEqual([...parts.train.paths, ...parts.validation.paths].sort(), paths.toSorted());
        assert.equal(new Set(paths).size, paths.length, `seed ${seed}: an image is used twice`);
        assert.ok(paths.every((path) => Deno.statSync(join(folder, path)).isFile), `seed ${seed}`);
        for (const line of [...listing.notices, ...listing.remarks]) {
          // deno-lint-ignore no-control-regex -- control characters are intended here.
          assert.doesNotMatch(line, /[\x00-\x1f]/, `seed ${seed}`);
        }
        read++;
        if (links === "folders") return;
        const all = imagesBelow(folder);
        const said = saidLeftOut(listing);
        assert.equal(
          paths.length + said,
          all.length,
          `seed ${seed}: ${[...listing.notices, ...listing.remarks].join("\n")}`,
        );
        used += paths.length;
        leftOut += said;
      });
    }
    console.log(
      `${TREES} trees: ${read} listed, ${trainable} can be trained on, the others refused in a line; ${used} images used, ${leftOut} said to be left out`,
    );
    assert.ok(trainable > TREES / 20, `only ${trainable} of ${read} trees can be trained on`);
  });
}
