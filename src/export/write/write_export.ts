/**
 * Writes an export's folder: the model's files, classes.txt and a README. The folder appears complete or not at all.
 */
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { classNamesText } from "../../data/arrays/class_names.ts";
import { HeadlightError } from "../../errors.ts";
import { asideOf, isAside, removeIfThere, sweepAsides } from "../../files/atomic.ts";
import { explainSystemError, isSystemError, systemCode } from "../../files/system_error.ts";
import type { ExportedModel } from "../exported_model.ts";
import type { ExportServices, Format } from "../format.ts";
import { type ExportedFile, type Origin, readmeText } from "./readme.ts";

/** Where an export is written. */
export interface Target {
  readonly folder: string;
  /** Whether to replace an earlier export in this folder. If not, the folder must be new or empty. */
  readonly replaces: boolean;
}

/** Checks whether the export may be written there. @throws HeadlightError (2) if the folder must be empty and is not */
export function checkTarget({ folder, replaces }: Target): void {
  if (replaces || !existsSync(folder)) return;
  if (isEmptyFolder(folder)) return;
  throw new HeadlightError(`${folder} already exists. Name a folder that does not exist or is empty: --out DIR`);
}

/**
 * Writes the folder. Returns the model's files, without the classes.txt and README.md that every export has.
 *
 * All files are written into a temporary folder first, which then takes the place of the target, so that a reader finds
 * a complete export or none. An empty folder that `--out` names is kept, because it may be a mount point, a link or the
 * working directory. The files are moved into it.
 *
 * @throws HeadlightError (2) if the format cannot express the model; (1) if the folder cannot be written, `TRY_AGAIN`
 * on a full disk
 */
export async function writeExport(
  model: ExportedModel,
  format: Format,
  origin: Origin,
  target: Target,
  services: ExportServices,
): Promise<readonly ExportedFile[]> {
  const { folder, replaces } = target;
  let aside: string | null = null;
  try {
    const parent = dirname(folder);
    // Not recursive: if the run was removed meanwhile, its folder must not appear again.
    if (replaces) createFolder(parent);
    else Deno.mkdirSync(parent, { recursive: true });
    const keeps = !replaces && existsSync(folder);
    if (replaces) sweepAsides(parent);
    aside = asideOf(keeps ? join(folder, "export") : folder);
    Deno.mkdirSync(aside);
    await format.write(model, aside, services);
    const files = filesIn(aside);
    Deno.writeTextFileSync(join(aside, "classes.txt"), classNamesText(model.classes));
    Deno.writeTextFileSync(join(aside, "README.md"), readmeText(model, format, origin, files));
    syncFiles(aside);
    checkTarget(target);
    if (keeps) moveInto(aside, folder);
    else put(aside, folder);
    return files;
  } catch (error) {
    if (isSystemError(error)) throw explainSystemError(error, `writing the export to ${folder}`);
    throw error;
  } finally {
    if (aside !== null) removeIfThere(aside);
  }
}

/** Returns whether a path is an empty folder. Temporary files of another export do not count. */
function isEmptyFolder(folder: string): boolean {
  return Deno.statSync(folder).isDirectory && [...Deno.readDirSync(folder)].every(({ name }) => isAside(name));
}

function createFolder(path: string): void {
  try {
    Deno.mkdirSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** The maximum number of times that other exports into the same folder may intervene. */
const TRIES = 20;

/** Replaces a folder by the temporary one. If two exports do this at the same time, the later one wins. */
function put(aside: string, folder: string): void {
  for (let left = TRIES;; left--) {
    const old = setAside(folder);
    try {
      Deno.renameSync(aside, folder);
      if (old !== null) removeIfThere(old);
      return;
    } catch (error) {
      const isTaken = TAKEN.includes(systemCode(error) ?? "");
      // Another export has put its folder there, so the older one is no longer needed.
      if (old !== null && isTaken) removeIfThere(old);
      else if (old !== null) Deno.renameSync(old, folder);
      if (!isTaken || left === 0) throw error;
    }
  }
}

/** The error codes of systems that refuse to replace a folder that is not empty. */
const TAKEN: readonly string[] = ["ENOTEMPTY", "EEXIST"];

/** Renames a folder to a temporary name. Returns that name, or null if there is no such folder. */
function setAside(folder: string): string | null {
  const old = asideOf(folder);
  try {
    Deno.renameSync(folder, old);
    return old;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Moves the files, the README last. If it is there, the export is complete. */
function moveInto(aside: string, folder: string): void {
  const names = [...Deno.readDirSync(aside)].map(({ name }) => name).filter((name) => name !== "README.md");
  for (const name of [...names, "README.md"]) Deno.renameSync(join(aside, name), join(folder, name));
}

/** Makes sure that the files are on the disk before they get their names. */
function syncFiles(folder: string): void {
  for (const { name } of filesIn(folder)) {
    using file = Deno.openSync(join(folder, name), { read: true, write: true });
    file.syncSync();
  }
}

function filesIn(root: string, folder: string = root): ExportedFile[] {
  const entries = [...Deno.readDirSync(folder)].toSorted((one, other) => one.name < other.name ? -1 : 1);
  return entries.flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    return isDirectory ? filesIn(root, path) : [{ name: relative(root, path), bytes: Deno.statSync(path).size }];
  });
}
