/** Whether a folder that was named can be a data set, and what was likely meant where it cannot. */
import { basename, dirname, join } from "node:path";
import { HeadlightError } from "../errors.ts";
import { nearest } from "../near.ts";
import { fromCaller } from "../paths.ts";
import { NPY_FILES } from "./npy_folder.ts";

const KEYWORDS = ["demo", "dollarstreet"];
const PICTURES = /\.(jpe?g|png|gif|bmp|webp)$/i;

/**
 * The folder, made absolute, and the name its set gets.
 * @throws HeadlightError (2): not there, no folder, or without the four files.
 */
export function checkFolder(data: string): { folder: string; name: string } {
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
  const missing = NPY_FILES.filter((name) => !entries.includes(name));
  if (missing.length > 0) throw new HeadlightError(`--data ${data}: ${explain(data, folder, entries, missing)}`);
  return { folder, name: basename(folder) };
}

/** Why a folder is none with four .npy files, as far as one can see. */
function explain(data: string, folder: string, entries: readonly string[], missing: readonly string[]): string {
  if (missing.length < NPY_FILES.length) {
    const near = nearest(missing[0] ?? "", entries.filter((name) => !NPY_FILES.some((known) => known === name)));
    return `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not there${didYouMean(near)}`;
  }
  const deeper = entries.find((entry) => NPY_FILES.every((name) => listed(join(folder, entry)).includes(name)));
  if (deeper !== undefined) return `the four .npy files are in the folder ${deeper}; give --data ${join(data, deeper)}`;
  if (holdsPictures(folder, entries, 2)) {
    return `picture folders cannot be read, only folders with ${NPY_FILES.join(", ")}`;
  }
  return `the folder must hold ${NPY_FILES.join(", ")}`;
}

function holdsPictures(folder: string, entries: readonly string[], depth: number): boolean {
  if (entries.some((entry) => PICTURES.test(entry))) return true;
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
