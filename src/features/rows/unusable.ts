/**
 * Finds files in the cache that this version cannot use: rows of other versions, and files left by killed processes.
 */
import { join } from "node:path";
import { isAside, LEFT_AFTER_MS, removeIfThere } from "../../files/atomic.ts";
import { isLocked, tryLock } from "../../files/lock.ts";
import { ROWS_VERSION } from "./row_store.ts";
import { isFreed } from "../../files/use.ts";
import { isSystemError } from "../../files/system_error.ts";

export interface Unusable {
  readonly path: string;
  readonly kind: "other version" | "leftover";
}

/**
 * Before version 7 of the extractor, rows were stored in shards of 32, in folders named after the first two digits of
 * their keys.
 */
const SHARDS = /^[0-9a-f]{2}$/;
const VERSION = /^v\d+\.\d+$/;
/** Returns the unusable files and folders in the cache. Reads only names, times and locks. */
export function findUnusable(cacheRoot: string, nowMs: number = Date.now()): Unusable[] {
  const features = join(cacheRoot, "features");
  const others = foldersIn(features).filter((name) =>
    SHARDS.test(name) || (VERSION.test(name) && name !== ROWS_VERSION)
  )
    .map((name) => ({ path: join(features, name), kind: "other version" }) as const);
  const recipes = foldersIn(join(features, ROWS_VERSION)).map((name) => join(features, ROWS_VERSION, name));
  const isOld = (path: string) => changedMs(path) < nowMs - LEFT_AFTER_MS;
  const asides = [...recipes, join(cacheRoot, "files")].flatMap((folder) =>
    filesIn(folder).filter((name) => isAside(name)).map((name) => join(folder, name))
  );
  const claims = recipes.map((folder) => join(folder, "claims"))
    .flatMap((folder) => filesIn(folder).filter((name) => !name.startsWith(".")).map((name) => join(folder, name)))
    .filter((path) => !isLocked(path));
  // Remainders of entries that a killed `cache clear` did not finish deleting.
  const freed = [
    join(features, ROWS_VERSION),
    ...["graphs", "engines", "weights", "files"].map((kind) => join(cacheRoot, kind)),
  ]
    .flatMap((folder) => entriesOf(folder).filter(({ name }) => isFreed(name)).map(({ name }) => join(folder, name)));
  const leftovers = [...freed, ...[...asides, ...claims].filter(isOld)];
  return [...others, ...leftovers.map((path) => ({ path, kind: "leftover" }) as const)];
}

/** Removes an unusable file or folder, unless a running process writes there. Returns whether it was removed. */
export function removeUnusable({ path, kind }: Unusable): boolean {
  if (kind === "leftover") {
    removeIfThere(path);
    return true;
  }
  if (
    recipesOf(path).some((folder) =>
      filesIn(join(folder, "claims")).some((name) => isLocked(join(folder, "claims", name)))
    )
  ) {
    return false;
  }
  // Held until everything is removed. A process that writes shards takes this lock first.
  const lock = tryLock(join(path, ".claim"));
  if (!lock) return false;
  try {
    removeIfThere(path);
    return true;
  } finally {
    lock.release();
  }
}

function recipesOf(version: string): string[] {
  return foldersIn(version).map((name) => join(version, name));
}

function foldersIn(folder: string): string[] {
  return entriesOf(folder).filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
}

function filesIn(folder: string): string[] {
  return entriesOf(folder).filter(({ isFile }) => isFile).map(({ name }) => name);
}

function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (isSystemError(error)) return [];
    throw error;
  }
}

/** Returns when a file was last changed; Infinity if it is no longer there. */
function changedMs(path: string): number {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? Infinity;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return Infinity;
    throw error;
  }
}
