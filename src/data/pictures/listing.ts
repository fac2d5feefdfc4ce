/** Which pictures lie in a folder, and in which class: names only, nothing is opened. */
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { errorLine, HeadlightError } from "../../errors.ts";
import { type FolderEntry, FolderReader } from "../dataset/folder_reader.ts";
import { isPictureName } from "./format.ts";

const namesSchema = z.array(z.string()).readonly();

/** The pictures of one class, paths from the folder on that was listed, sorted. */
const classFilesSchema = z.object({ name: z.string(), paths: namesSchema }).readonly();
export type ClassFiles = z.infer<typeof classFilesSchema>;

/** Plain data: the command hands it to the trainer. */
export const folderListingSchema = z.object({
  layout: z.discriminatedUnion("kind", [
    /** `<class>/…` alone, or in `train/` alone: a part of it is kept for validation. */
    z.object({ kind: z.literal("classes"), all: z.array(classFilesSchema).readonly() }),
    /** `train/<class>/…` and a second folder beside it. */
    z.object({
      kind: z.literal("parts"),
      train: z.array(classFilesSchema).readonly(),
      validation: z.array(classFilesSchema).readonly(),
    }),
  ]),
  /** Files that are no pictures by their names. */
  others: namesSchema,
}).readonly();
export type FolderListing = z.infer<typeof folderListingSchema>;

/** Names of the validation part's folder, first choice first: what is called test is often kept for the very end. */
export const VALIDATION_FOLDERS = ["val", "valid", "validation", "test"] as const;

/** Returns what is in a data set's folder. @throws HeadlightError (2) where a folder cannot be read. */
export function listPictures(folder: string, reader: FolderReader = new FolderReader()): FolderListing {
  // Filled by the walks.
  const others: string[] = [];
  const classes = (within: string): ClassFiles[] => classesIn(reader, folder, within, others);
  const folders = classFolders(reader, folder, "");
  const validation = VALIDATION_FOLDERS.find((name) => folders.includes(name));
  if (!folders.includes("train")) return { layout: { kind: "classes", all: classes("") }, others };
  const train = classes("train");
  if (validation === undefined) return { layout: { kind: "classes", all: train }, others };
  return { layout: { kind: "parts", train, validation: classes(validation) }, others };
}

/** The pictures below a folder, whatever the folders between; paths from it on, sorted. */
export function listFiles(folder: string): string[] {
  const paths: string[] = [];
  walk(new FolderReader(), folder, "", { paths, others: [] }, new Set());
  return paths.sort();
}

function classesIn(reader: FolderReader, root: string, within: string, others: string[]): ClassFiles[] {
  return classFolders(reader, root, within).map((name) => {
    const paths: string[] = [];
    walk(reader, root, join(within, name), { paths, others }, new Set());
    return { name, paths: paths.sort() };
  });
}

/** Names of the folders, sorted as Keras sorts its classes; what is hidden or a Mac's archive left behind is none. */
function classFolders(reader: FolderReader, root: string, within: string): string[] {
  return entriesOf(reader, join(root, within)).filter(({ name, kind }) => kind === "folder" && name !== "__MACOSX")
    .map(({ name }) => name).sort();
}

/** Files by what they are by their names. */
interface FoundFiles {
  readonly paths: string[];
  readonly others: string[];
}

/** Adds all files below, links followed, each folder once: a loop of links ends there. */
function walk(reader: FolderReader, root: string, within: string, found: FoundFiles, seen: Set<string>): void {
  const real = realpathSync(join(root, within));
  if (seen.has(real)) return;
  seen.add(real);
  for (const { name, kind } of entriesOf(reader, join(root, within))) {
    const path = join(within, name);
    if (kind === "folder") walk(reader, root, path, found, seen);
    else if (kind === "file" && isPictureName(name)) found.paths.push(path);
    else found.others.push(path);
  }
}

/** What is in a folder, hidden entries left out. */
function entriesOf(reader: FolderReader, folder: string): { name: string; kind: EntryKind }[] {
  try {
    return reader.entries(folder).filter(({ name }) => !name.startsWith("."))
      .map((entry) => ({ name: entry.name, kind: kindOf(folder, entry) }));
  } catch (error) {
    throw new HeadlightError(`${folder} cannot be read (${errorLine(error)})`);
  }
}

type EntryKind = "file" | "folder" | "other";

/** Links are followed. One that leads nowhere is a file, which will be found broken. */
function kindOf(folder: string, entry: FolderEntry): EntryKind {
  const found = entry.isSymlink ? followed(join(folder, entry.name)) : entry;
  return found === null || found.isFile ? "file" : found.isDirectory ? "folder" : "other";
}

function followed(link: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(link);
  } catch {
    return null;
  }
}
