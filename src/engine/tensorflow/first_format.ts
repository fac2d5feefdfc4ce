/**
 * Engines with a stamp in the first format. Their libraries are reused, so that the change of format does not cost a
 * download of 274 MB. The old folder stays, because an older Headlight on this machine may use it. Both share the files
 * by hard links.
 */
import { readFileSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { ADDON_NAME } from "./addon.ts";
import { folders, STAMP_NAME } from "../wheels/folders.ts";
import { fileSchema, isWhole } from "../wheels/stamp.ts";
import { addonSchema, engineName, sourceSchema, type StampFacts } from "./store.ts";
import { libraryNames } from "./wheel.ts";

const stampSchema = z.object({
  v: z.literal(1),
  tensorflow: z.string(),
  platform: z.string(),
  source: sourceSchema,
  addon: addonSchema,
  compiler: z.string(),
  files: z.array(fileSchema),
});

/** An engine with a stamp in the first format. */
export interface FirstFormatEngine {
  readonly directory: string;
  readonly stamp: Omit<StampFacts, "gpu">;
  /** The engine's files: paths relative to the folder, or absolute ones. */
  readonly paths: readonly string[];
}

/** Returns the engines whose stamp has the first format and matches the folder's name and all of its files. */
export function listFirstFormat(engines: string): FirstFormatEngine[] {
  return folders(engines).flatMap((directory) => {
    const stamp = readStamp(directory);
    if (stamp === null || engineName(stamp, 1) !== basename(directory)) return [];
    const { v: _, files, ...facts } = stamp;
    const { source, platform } = facts;
    const libraries = libraryNames(platform).map((name) => source.kind === "wheel" ? name : join(source.path, name));
    const paths = [ADDON_NAME, ...libraries];
    const named = files.map(({ path }) => path);
    return String(named) === String(paths) && isWhole(directory, stamp) ? [{ directory, stamp: facts, paths }] : [];
  });
}

/**
 * Hard-links an engine's own files into another folder of the same file system. Copies them if the file system does not
 * support hard links.
 */
export function linkFiles({ directory, paths }: FirstFormatEngine, into: string): void {
  for (const path of paths) {
    if (isAbsolute(path)) continue;
    const [from, to] = [resolve(directory, path), join(into, path)];
    try {
      Deno.linkSync(from, to);
    } catch {
      Deno.copyFileSync(from, to);
    }
  }
}

function readStamp(directory: string) {
  try {
    return stampSchema.safeParse(JSON.parse(readFileSync(join(directory, STAMP_NAME), "utf8"))).data ?? null;
  } catch {
    return null;
  }
}
