/** Which pictures lie in a folder, and in which class: names only, nothing is opened. */
import { readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { errorLine, HeadlightError } from "../../errors.ts";
import { isPictureName } from "./format.ts";

/** The pictures of one class, paths from the folder on that was listed, sorted. */
export interface ClassFiles {
  readonly name: string;
  readonly paths: readonly string[];
}

export interface FolderListing {
  readonly layout:
    /** `<class>/…` alone, or in `train/` alone: a part of it is kept for validation. */
    | { readonly kind: "classes"; readonly all: readonly ClassFiles[] }
    /** `train/<class>/…` and a second folder beside it. */
    | { readonly kind: "parts"; readonly train: readonly ClassFiles[]; readonly validation: readonly ClassFiles[] };
  /** Files that are no pictures by their names. */
  readonly others: readonly string[];
}

/** Names of the validation part's folder, first choice first: what is called test is often kept for the very end. */
export const VALIDATION_FOLDERS = ["val", "valid", "validation", "test"] as const;

/** @throws HeadlightError (2) where a folder cannot be read. */
export function listPictures(folder: string): FolderListing {
  // Filled by the walks.
  const others: string[] = [];
  const folders = classFolders(folder, "");
  const validation = VALIDATION_FOLDERS.find((name) => folders.includes(name));
  if (!folders.includes("train")) return { layout: { kind: "classes", all: classes(folder, "", others) }, others };
  const train = classes(folder, "train", others);
  if (validation === undefined) return { layout: { kind: "classes", all: train }, others };
  return { layout: { kind: "parts", train, validation: classes(folder, validation, others) }, others };
}

/** The pictures below a folder, whatever the folders between; paths from it on, sorted. */
export function listFiles(folder: string): string[] {
  const paths: string[] = [];
  walk(folder, "", paths, [], new Set());
  return paths.sort();
}

function classes(root: string, within: string, others: string[]): ClassFiles[] {
  return classFolders(root, within).map((name) => {
    const paths: string[] = [];
    walk(root, join(within, name), paths, others, new Set());
    return { name, paths: paths.sort() };
  });
}

/** Names of the folders, sorted as Keras sorts its classes; what is hidden or a Mac's archive left behind is none. */
function classFolders(root: string, within: string): string[] {
  return entriesOf(join(root, within)).filter(({ name, kind }) => kind === "folder" && name !== "__MACOSX")
    .map(({ name }) => name).sort();
}

/** All files below, links followed, each folder once: a loop of links ends there. */
function walk(root: string, within: string, paths: string[], others: string[], seen: Set<string>): void {
  const real = realpathSync(join(root, within));
  if (seen.has(real)) return;
  seen.add(real);
  for (const { name, kind } of entriesOf(join(root, within))) {
    const path = join(within, name);
    if (kind === "folder") walk(root, path, paths, others, seen);
    else if (kind === "file" && isPictureName(name)) paths.push(path);
    else others.push(path);
  }
}

function followed(link: string): Stats | null {
  try {
    return statSync(link);
  } catch {
    return null;
  }
}

/** What is in a folder, hidden entries left out. A link that leads nowhere is a file, which will be found broken. */
function entriesOf(folder: string): { name: string; kind: "file" | "folder" | "other" }[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith(".")).map((entry) => {
      const { name } = entry;
      const found = entry.isSymbolicLink() ? followed(join(folder, name)) : entry;
      return { name, kind: !found || found.isFile() ? "file" : found.isDirectory() ? "folder" : "other" };
    });
  } catch (error) {
    throw new HeadlightError(`${folder} cannot be read (${errorLine(error)})`);
  }
}
