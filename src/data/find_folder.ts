/** Whether a folder that was named can be a data set, and what was likely meant where it cannot. */
import { basename, dirname, join } from "node:path";
import { at } from "../at.ts";
import { HeadlightError } from "../errors.ts";
import { nearest } from "../near.ts";
import { fromCaller } from "../paths.ts";
import { NPY_FILES } from "./npy_folder.ts";
import { isPictureName } from "./pictures/format.ts";

const KEYWORDS = ["demo", "dollarstreet"];

export interface FoundFolder {
  readonly kind: "npy" | "pictures";
  /** Absolute. */
  readonly folder: string;
  /** What the set is called. */
  readonly name: string;
}

/**
 * What kind of data set a folder is: four .npy files, or folders of pictures.
 * @throws HeadlightError (2): not there, no folder, or neither.
 */
export function checkFolder(data: string): FoundFolder {
  const folder = fromCaller(data);
  const entries = list(folder);
  if (entries === "missing") {
    const siblings = list(dirname(folder));
    const near = nearest(basename(folder), Array.isArray(siblings) ? siblings : []);
    const meant = nearest(basename(folder), KEYWORDS) ?? (near === null ? null : join(dirname(data), near));
    throw new HeadlightError(`--data ${data}: there is no such folder${didYouMean(meant)}`);
  }
  if (entries === "no folder") {
    throw new HeadlightError(`--data ${data} is a file; give the folder that holds ${NPY_FILES.join(", ")}`);
  }
  const name = basename(folder);
  const missing = NPY_FILES.filter((name) => !entries.includes(name));
  if (missing.length === 0) return { kind: "npy", folder, name };
  // A set with one of the four files is meant as such.
  if (missing.length === NPY_FILES.length && holdsPictures(folder, foldersIn(folder, entries), 2)) {
    return { kind: "pictures", folder, name };
  }
  throw new HeadlightError(`--data ${data}: ${explain(data, folder, entries, missing)}`);
}

/** Why a folder is none with four .npy files, as far as one can see. */
function explain(data: string, folder: string, entries: readonly string[], missing: readonly string[]): string {
  if (missing.length < NPY_FILES.length) {
    const near = nearest(at(missing, 0), entries.filter((name) => !NPY_FILES.some((known) => known === name)));
    return `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not there${didYouMean(near)}`;
  }
  const deeper = entries.find((entry) => NPY_FILES.every((name) => listed(join(folder, entry)).includes(name)));
  if (deeper !== undefined) return `the four .npy files are in the folder ${deeper}; give --data ${join(data, deeper)}`;
  if (entries.some(isPictureName)) return "the pictures must lie in folders named after their classes";
  return `the folder must hold folders of pictures named after their classes, or ${NPY_FILES.join(", ")}`;
}

function foldersIn(folder: string, entries: readonly string[]): string[] {
  return entries.filter((entry) =>
    Deno.lstatSync(join(folder, entry)).isDirectory || listed(join(folder, entry)).length > 0
  );
}

function holdsPictures(folder: string, entries: readonly string[], depth: number): boolean {
  if (entries.some(isPictureName)) return true;
  return depth > 0 && entries.some((entry) => {
    const path = join(folder, entry);
    return holdsPictures(path, listed(path), depth - 1);
  });
}

function list(folder: string): string[] | "missing" | "no folder" {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "missing";
    if (error instanceof Deno.errors.NotADirectory) return "no folder";
    throw new HeadlightError(`${folder} cannot be read (${error instanceof Error ? error.message : error})`);
  }
}

/** What is in a folder; nothing where it is none. */
function listed(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    // Only a hint depends on it.
    return [];
  }
}

function didYouMean(near: string | null): string {
  return near === null ? "" : `, did you mean ${near}?`;
}
