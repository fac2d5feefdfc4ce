/** Whether a folder that was named can be a data set, and what was likely meant where it cannot. */
import { basename, dirname, join } from "node:path";
import { DATA_NAMES } from "../config.ts";
import { errorLine, HeadlightError } from "../errors.ts";
import { nearest, suggestion } from "../near.ts";
import { fromCaller } from "../paths.ts";
import { NPY_FILES } from "./arrays/npy_folder.ts";
import { type FolderEntry, FolderReader } from "./dataset/folder_reader.ts";
import { isPictureName } from "./pictures/format.ts";
import { type FolderListing, listPictures } from "./pictures/listing.ts";

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
 * @throws HeadlightError (2): not there, no folder, neither, or a folder in it cannot be read
 */
export function checkFolder(data: string, reader: FolderReader = new FolderReader()): FoundFolder {
  const folder = fromCaller(data);
  const entries = namesIn(reader, data, folder);
  const name = basename(folder);
  const missing = NPY_FILES.filter((name) => !entries.includes(name));
  const [first] = missing;
  if (first === undefined) return { kind: "npy", folder, name };
  // A set with one of the four files is meant as such.
  if (missing.length < NPY_FILES.length) {
    const near = nearest(first, entries.filter((name) => !NPY_FILES.some((known) => known === name)));
    const are = missing.length === 1 ? "is" : "are";
    throw new HeadlightError(`--data ${data}: ${missing.join(" and ")} ${are} not there${suggestion(near)}`);
  }
  if (holdsPictures(reader, folder)) return { kind: "pictures", folder, name, listing: listPictures(folder, reader) };
  throw new HeadlightError(`--data ${data}: ${whatIsLacking(reader, data, folder, entries)}`);
}

/** The names in the folder that was named. @throws HeadlightError (2) where it is no folder that can be read */
function namesIn(reader: FolderReader, data: string, folder: string): string[] {
  try {
    return reader.entries(folder).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      const near = nearest(basename(folder), listed(reader, dirname(folder)).map(({ name }) => name));
      const meant = nearest(basename(folder), DATA_NAMES) ?? (near === null ? null : join(dirname(data), near));
      throw new HeadlightError(`--data ${data}: there is no such folder${suggestion(meant)}`);
    }
    if (error instanceof Deno.errors.NotADirectory) {
      throw new HeadlightError(`--data ${data} is a file; give the folder that holds ${NPY_FILES.join(", ")}`);
    }
    throw new HeadlightError(`${folder} cannot be read (${errorLine(error)})`);
  }
}

/** Why a folder without .npy files and folders of images is no data set, as far as one can see. */
function whatIsLacking(reader: FolderReader, data: string, folder: string, entries: readonly string[]): string {
  const holdsSet = (entry: string) => {
    const names = listed(reader, join(folder, entry)).map(({ name }) => name);
    return NPY_FILES.every((name) => names.includes(name));
  };
  const deeper = entries.find(holdsSet);
  if (deeper !== undefined) return `the four .npy files are in the folder ${deeper}; give --data ${join(data, deeper)}`;
  if (entries.some(isPictureName)) return "the pictures must lie in folders named after their classes";
  return `the folder must hold folders of pictures named after their classes, or ${NPY_FILES.join(", ")}`;
}

/**
 * Whether there are images in the folders of a folder, or in the folders of those. Not looked for further down: any
 * folder may be named by mistake, a whole disk too.
 */
function holdsPictures(reader: FolderReader, folder: string, levelsBelow = 1): boolean {
  return listed(reader, folder).filter(({ isFile }) => !isFile).some(({ name }) => {
    const path = join(folder, name);
    if (listed(reader, path).some(({ name }) => isPictureName(name))) return true;
    return levelsBelow > 0 && holdsPictures(reader, path, levelsBelow - 1);
  });
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
