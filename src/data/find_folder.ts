/** Whether a folder that was named can be a data set, and what was likely meant where it cannot. */
import { basename, dirname, join } from "node:path";
import { DATA_NAMES } from "../config.ts";
import { HeadlightError } from "../errors.ts";
import { systemReason } from "../files/system_error.ts";
import { nearest, suggestion } from "../near.ts";
import { fromCaller } from "../paths.ts";
import { NPY_FILES } from "./arrays/npy_folder.ts";
import { folderName } from "./dataset/folder_name.ts";
import { type FolderEntry, FolderReader } from "./dataset/folder_reader.ts";
import type { FolderListing } from "./images/folder_listing.ts";
import { isArchive } from "./images/left_out.ts";
import { isImageName } from "./images/format.ts";
import { listImages } from "./images/listing.ts";
import { lyingFlat } from "./images/lying_flat.ts";
import { renaming } from "./images/remarks.ts";
import { ImageTree } from "./images/tree.ts";

/** In how many folders an image is looked for: any folder may be named by mistake, a whole disk too. */
const MOST_FOLDERS = 10_000;

export type FoundFolder =
  & {
    /** Absolute. */
    readonly folder: string;
    /** What the set is called. */
    readonly name: string;
  }
  & (
    | { readonly kind: "npy" }
    /** `listing`: what was read to find out, so that nobody has to list the folder again. */
    | { readonly kind: "pictures"; readonly listing: FolderListing }
  );

/**
 * Returns what kind of data set a folder is: four .npy files, or folders of images.
 *
 * @param known see `listImages`
 * @throws HeadlightError (2): not there, no folder, neither, or a folder in it cannot be read
 */
export function checkFolder(data: string, known?: readonly string[]): FoundFolder {
  const reader = new FolderReader();
  const folder = fromCaller(data);
  const entries = namesIn(reader, data, folder);
  const name = folderName(folder);
  const missing = NPY_FILES.filter((name) => !entries.includes(name));
  const [first] = missing;
  if (first === undefined) return { kind: "npy", folder, name };
  // A set with one of the four files is meant as such.
  if (missing.length < NPY_FILES.length) {
    const near = nearest(first, entries.filter((name) => !NPY_FILES.some((known) => known === name)));
    const are = missing.length === 1 ? "is" : "are";
    throw new HeadlightError(`--data ${data}: ${missing.join(" and ")} ${are} not there${suggestion(near)}`);
  }
  const deeper = setBelow(reader, folder);
  const tree = new ImageTree(folder, reader);
  if (holdsClasses(tree, deeper !== null)) {
    return { kind: "pictures", folder, name, listing: listImages(folder, tree, known) };
  }
  throw new HeadlightError(`--data ${data}: ${whatIsLacking(tree, data, deeper)}`);
}

/** The names in the folder that was named. @throws HeadlightError (2) where it is no folder that can be read */
function namesIn(reader: FolderReader, data: string, folder: string): string[] {
  try {
    return reader.entries(folder).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound && data.includes("\ufffd")) {
      throw new HeadlightError(`--data ${data}: the name is not UTF-8, so it cannot be opened. Rename the folder.`);
    }
    if (error instanceof Deno.errors.NotFound && isLink(folder)) {
      throw new HeadlightError(`--data ${data} is a link that leads nowhere: mount or restore what it leads to`);
    }
    if (error instanceof Deno.errors.NotFound) {
      const near = nearest(basename(folder), listed(reader, dirname(folder)).map(({ name }) => name));
      const meant = nearest(basename(folder), DATA_NAMES) ?? (near === null ? null : join(dirname(data), near));
      throw new HeadlightError(`--data ${data}: there is no such folder${suggestion(meant)}`);
    }
    if (error instanceof Deno.errors.NotADirectory) {
      const instead = isArchive(data)
        ? "unpack it, and give the folder that comes out"
        : `give a folder that holds a folder of images for each class, or ${NPY_FILES.join(", ")}`;
      throw new HeadlightError(`--data ${data} is a file; ${instead}`);
    }
    throw new HeadlightError(`--data ${data} cannot be read (${systemReason(error)})`);
  }
}

/**
 * Why a folder without .npy files and folders of images is no data set, as far as one can see.
 *
 * @param deeper a folder in it that has the four .npy files
 */
function whatIsLacking(tree: ImageTree, data: string, deeper: string | null): string {
  if (deeper !== null) return `the four .npy files are in the folder ${deeper}; give --data ${join(data, deeper)}`;
  if (tree.at("").images.length > 0) return lyingFlat(tree, [""]);
  return whyUnusable(tree) ??
    `the folder must hold folders of images named after their classes, or ${NPY_FILES.join(", ")}`;
}

/** What keeps images from being found: a class folder, or an image in one, that cannot be opened. */
function whyUnusable(tree: ImageTree): string | null {
  const { folders, unusable } = tree.at("");
  const inner = folders.flatMap((folder) => tree.look(folder).unusable);
  const all = [...unusable, ...inner.filter(({ path, isFolder }) => isFolder || isImageName(path))];
  const [first] = all.sort((one, other) => (one.path < other.path ? -1 : 1));
  if (!first) return null;
  switch (first.why) {
    case "encoding":
      return `there is no image that can be opened. The name ${first.path} is not UTF-8. ${renaming(tree.root)}`;
    case "dangling":
      return `there is no image. The link ${first.path} leads nowhere: mount or restore what it leads to`;
    case "loop":
      return `there is no image. The link ${first.path} leads back to a folder around it`;
  }
}

/** A folder in a folder that has the four .npy files, or null. */
function setBelow(reader: FolderReader, folder: string): string | null {
  const holdsSet = ({ name, isFile }: FolderEntry) => {
    if (isFile) return false;
    const entries = listed(reader, join(folder, name));
    return NPY_FILES.every((file) => entries.some((entry) => entry.name === file));
  };
  return listed(reader, folder).find(holdsSet)?.name ?? null;
}

/** Whether there are folders of images. @param besideSet beside a set of arrays, one such folder is no data set */
function holdsClasses(tree: ImageTree, besideSet: boolean): boolean {
  let left = besideSet ? 2 : 1;
  return tree.at("").folders.some((inner) => tree.hasImages(inner, MOST_FOLDERS) && --left === 0);
}

function isLink(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSymlink;
  } catch {
    return false;
  }
}

/** What is in a folder; nothing where it cannot be read, or is none. */
function listed(reader: FolderReader, folder: string): readonly FolderEntry[] {
  try {
    return reader.entries(folder);
  } catch {
    // The folder that was named is read without this; here only a hint depends on it.
    return [];
  }
}
