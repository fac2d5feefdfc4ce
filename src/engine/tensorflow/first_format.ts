/**
 * Engines whose stamp is of the first format. Their libraries are taken over, so that nobody downloads 274 MB again for
 * a stamp. The old folder stays: an older Headlight on this machine may use it. Both have the same files, by hard links.
 */
import { readFileSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { ADDON_NAME } from "./addon.ts";
import {
  addonSchema,
  engineName,
  fileSchema,
  folders,
  isWhole,
  sourceSchema,
  STAMP_NAME,
  type StampFacts,
} from "./store.ts";
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

export interface FirstFormatEngine {
  readonly directory: string;
  readonly stamp: Omit<StampFacts, "gpu">;
  /** Its files, below the folder or absolute. */
  readonly paths: readonly string[];
}

/** Returns the engines with a stamp of the first format that agrees with the folder's name and with all of its files. */
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

/** Puts an engine's own files into another folder of the same file system; copies where it knows no hard links. */
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
