/** Writes an export's folder: the model's files, classes.txt and a README. It is there whole or not at all. */
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { classNamesText } from "../../data/arrays/class_names.ts";
import { HeadlightError } from "../../errors.ts";
import { asideOf, removeIfThere } from "../../files/atomic.ts";
import { explainSystemError, isSystemError } from "../../files/system_error.ts";
import type { ExportedModel } from "../exported_model.ts";
import type { ExportServices, Format } from "../format.ts";
import { type ExportedFile, type Origin, readmeText } from "./readme.ts";

/** Where an export is written. */
export interface Target {
  readonly folder: string;
  /** Whether an earlier export in this folder is replaced. A person's own folder must be empty. */
  readonly replaces: boolean;
}

/** @throws HeadlightError (2) if the folder is not empty and must be */
export function checkTarget({ folder, replaces }: Target): void {
  if (replaces || !existsSync(folder)) return;
  if (Deno.statSync(folder).isDirectory && [...Deno.readDirSync(folder)].length === 0) return;
  throw new HeadlightError(`${folder} already exists. Name a folder that does not exist or is empty: --out DIR`);
}

/**
 * Writes the folder. Returns the model's files, without those that every export has.
 *
 * @throws HeadlightError (2) if the format cannot express the model; (1) if the folder cannot be written, `TRY_AGAIN` on a full disk
 */
export async function writeExport(
  model: ExportedModel,
  format: Format,
  origin: Origin,
  target: Target,
  services: ExportServices,
): Promise<readonly ExportedFile[]> {
  const { folder } = target;
  let aside: string | null = null;
  try {
    Deno.mkdirSync(dirname(folder), { recursive: true });
    aside = asideOf(folder);
    Deno.mkdirSync(aside);
    await format.write(model, aside, services);
    const files = filesIn(aside);
    Deno.writeTextFileSync(join(aside, "classes.txt"), classNamesText(model.classes));
    Deno.writeTextFileSync(join(aside, "README.md"), readmeText(model, format, origin, files));
    checkTarget(target);
    put(aside, folder);
    return files;
  } catch (error) {
    if (isSystemError(error)) throw explainSystemError(error, `writing the export to ${folder}`);
    throw error;
  } finally {
    if (aside !== null) removeIfThere(aside);
  }
}

/** Puts a folder in the place of another one, which is never there in part. */
function put(aside: string, folder: string): void {
  const old = existsSync(folder) ? asideOf(folder) : null;
  if (old !== null) Deno.renameSync(folder, old);
  Deno.renameSync(aside, folder);
  if (old !== null) removeIfThere(old);
}

function filesIn(root: string, folder: string = root): ExportedFile[] {
  const entries = [...Deno.readDirSync(folder)].toSorted((one, other) => one.name < other.name ? -1 : 1);
  return entries.flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    return isDirectory ? filesIn(root, path) : [{ name: relative(root, path), bytes: Deno.statSync(path).size }];
  });
}
