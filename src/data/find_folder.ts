/** Tells what kind of data set a folder is, or why it is none and what was probably meant. */
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
import { imagesOutsideClasses } from "./images/outside_classes.ts";
import { renaming } from "./images/remarks.ts";
import { ImageTree } from "./images/tree.ts";

/** The maximum number of folders that are searched for an image: the person may name a whole disk by mistake. */
const MOST_FOLDERS = 10_000;

export type FoundFolder =
  & {
    /** Absolute. */
    readonly folder: string;
    /** The data set's name. */
    readonly name: string;
  }
  & (
    | { readonly kind: "npy" }
    /** `listing` is what was read to find this out, so that the folder need not be listed again. */
    | { readonly kind: "pictures"; readonly listing: FolderListing }
  );

/**
 * Returns what kind of data set a folder is: four .npy files, or folders of images.
 *
 * @param known see `listImages`
 * @throws HeadlightError (2) if the folder does not exist, is not a folder, is no data set, or contains a folder that
 * cannot be read
 */
export function checkFolder(data: string, known?: readonly string[]): FoundFolder {
  const reader = new FolderReader();
  const folder = fromCaller(data);
  const entries = namesIn(reader, data, folder);
  const name = folderName(folder);
  const missing = NPY_FILES.filter((name) => !entries.includes(name));
  const [first] = missing;
  if (first === undefined) return { kind: "npy", folder, name };
  // A folder with at least one of the four files is meant as an array data set.
  if (missing.length < NPY_FILES.length) {
    const near = nearest(first, entries.filter((name) => !NPY_FILES.some((known) => known === name)));
    const are = missing.length === 1 ? "does" : "do";
    throw new HeadlightError(`--data ${data}: ${missing.join(" and ")} ${are} not exist${suggestion(near)}`);
  }
  const deeper = setBelow(reader, folder);
  const tree = new ImageTree(folder, reader);
  if (holdsClasses(tree, deeper !== null)) {
    return { kind: "pictures", folder, name, listing: listImages(folder, tree, known) };
  }
  throw new HeadlightError(`--data ${data}: ${whatIsLacking(tree, data, deeper)}`);
}

/** Returns the names in the folder that the person named. @throws HeadlightError (2) if it is not a readable folder */
function namesIn(reader: FolderReader, data: string, folder: string): string[] {
  try {
    return reader.entries(folder).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound && data.includes("\ufffd")) {
      throw new HeadlightError(`--data ${data}: the name is not UTF-8, so it cannot be opened. Rename the folder.`);
    }
    if (error instanceof Deno.errors.NotFound && isLink(folder)) {
      throw new HeadlightError(`--data ${data} is a broken link. Mount or restore its target`);
    }
    if (error instanceof Deno.errors.NotFound) {
      const near = nearest(basename(folder), listed(reader, dirname(folder)).map(({ name }) => name));
      const meant = nearest(basename(folder), DATA_NAMES) ?? (near === null ? null : join(dirname(data), near));
      throw new HeadlightError(`--data ${data}: there is no such folder${suggestion(meant)}`);
    }
    if (error instanceof Deno.errors.NotADirectory) {
      const instead = isArchive(data)
        ? "Unpack it and name the unpacked folder"
        : `Name a folder that contains a folder of images for each class, or ${NPY_FILES.join(", ")}`;
      throw new HeadlightError(`--data ${data} is a file, not a folder. ${instead}`);
    }
    throw new HeadlightError(
      `--data ${data} cannot be read (${systemReason(error)}). Make it readable, or name another folder`,
    );
  }
}

/**
 * Returns why a folder is no data set.
 *
 * @param deeper a subfolder that has the four .npy files
 */
function whatIsLacking(tree: ImageTree, data: string, deeper: string | null): string {
  if (deeper !== null) return `the four .npy files are in its folder ${deeper}. Use --data ${join(data, deeper)}`;
  if (tree.at("").images.length > 0) return imagesOutsideClasses(tree, [""]);
  return whyUnusable(tree) ??
    `the folder must contain folders of images named after their classes, or ${NPY_FILES.join(", ")}`;
}

/** Returns which class folder, or image in one, cannot be opened; null if there is none. */
function whyUnusable(tree: ImageTree): string | null {
  const { folders, unusable } = tree.at("");
  const inner = folders.flatMap((folder) => tree.look(folder).unusable);
  const all = [...unusable, ...inner.filter(({ path, isFolder }) => isFolder || isImageName(path))];
  const [first] = all.sort((one, other) => (one.path < other.path ? -1 : 1));
  if (!first) return null;
  switch (first.why) {
    case "encoding":
      return `no image can be opened. The name ${first.path} is not UTF-8. ${renaming(tree.root)}`;
    case "dangling":
      return `no image was found. The link ${first.path} is broken. Mount or restore its target`;
    case "loop":
      return `no image was found. The link ${first.path} points to a folder that contains it. Remove the link`;
  }
}

/** Returns the name of a subfolder that has the four .npy files, or null. */
function setBelow(reader: FolderReader, folder: string): string | null {
  const holdsSet = ({ name, isFile }: FolderEntry) => {
    if (isFile) return false;
    const entries = listed(reader, join(folder, name));
    return NPY_FILES.every((file) => entries.some((entry) => entry.name === file));
  };
  return listed(reader, folder).find(holdsSet)?.name ?? null;
}

/**
 * Returns whether there are folders of images.
 * @param besideSet beside a folder of .npy files, a single folder of images does not make a data set
 */
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

/** Returns the entries of a folder; none if it cannot be read. */
function listed(reader: FolderReader, folder: string): readonly FolderEntry[] {
  try {
    return reader.entries(folder);
  } catch {
    // Only suggestions depend on this; errors of the named folder itself are reported by `namesIn`.
    return [];
  }
}
