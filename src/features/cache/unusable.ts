/**
 * Finds files in the cache that this version cannot use: rows of other versions, and files left by killed processes.
 */
import { dirname, join } from "node:path";
import { setupLock, unfinishedFolders } from "../../engine/wheels/folders.ts";
import { isAside, LEFT_AFTER_MS, removeIfThere } from "../../files/atomic.ts";
import { isLocked, tryLock } from "../../files/lock.ts";
import { isSystemError } from "../../files/system_error.ts";
import { isFreed } from "../../files/use.ts";
import { ROWS_VERSION } from "../rows/row_store.ts";
import { type CacheKind, entriesFolder, kindNames } from "./entries.ts";

export interface Unusable {
  readonly path: string;
  /** The kind of entries that it is among. */
  readonly among: CacheKind;
  /** `set-up`: the folder of an interrupted set-up of an engine. */
  readonly kind: "other version" | "leftover" | "set-up";
}

/**
 * Before version 7 of the extractor, rows were stored in shards of 32, in folders named after the first two digits of
 * their keys.
 */
const SHARDS = /^[0-9a-f]{2}$/;
const VERSION = /^v\d+\.\d+$/;

/** Returns the unusable files and folders in the cache. Reads only names, times and locks. */
export function findUnusable(cacheRoot: string, nowMs: number = Date.now()): Unusable[] {
  return kindNames().flatMap((among) => {
    const folder = entriesFolder(among, cacheRoot);
    return [
      ...(among === "features" ? otherVersions(join(cacheRoot, among)) : []).map((path) =>
        ({ path, among, kind: "other version" }) as const
      ),
      ...[...freedIn(folder), ...writtenIn(among, folder, nowMs - LEFT_AFTER_MS)].map((path) =>
        ({ path, among, kind: "leftover" }) as const
      ),
      ...(among === "engines" ? unfinishedFolders(folder) : []).map((path) =>
        ({ path, among, kind: "set-up" }) as const
      ),
    ];
  });
}

/** Returns the folders with rows of other versions. */
function otherVersions(features: string): string[] {
  return foldersIn(features).filter((name) => SHARDS.test(name) || (VERSION.test(name) && name !== ROWS_VERSION))
    .map((name) => join(features, name));
}

/** Returns the remainders of entries that a killed `cache clear` did not finish deleting. */
function freedIn(folder: string): string[] {
  return entriesOf(folder).filter(({ name }) => isFreed(name)).map(({ name }) => join(folder, name));
}

/** Returns what killed processes were writing among entries of a kind before a time. */
function writtenIn(kind: CacheKind, folder: string, beforeMs: number): string[] {
  // Those of a set-up of an engine are found by its lock.
  if (kind === "engines") return [];
  const recipes = kind === "features" ? foldersIn(folder).map((name) => join(folder, name)) : [];
  const asides = [folder, ...recipes].flatMap((place) =>
    entriesOf(place).filter(({ name }) => isAside(name) && !isFreed(name)).map(({ name }) => join(place, name))
  );
  const claims = recipes.map((recipe) => join(recipe, "claims"))
    .flatMap((place) => filesIn(place).filter((name) => !name.startsWith(".")).map((name) => join(place, name)))
    .filter((path) => !isLocked(path));
  return [...asides, ...claims].filter((path) => changedMs(path) < beforeMs);
}

/** Removes an unusable file or folder, unless a running process writes there. Returns whether it was removed. */
export function removeUnusable({ path, kind }: Unusable): boolean {
  switch (kind) {
    case "leftover":
      removeIfThere(path);
      return true;
    case "set-up":
      return removeUnder(setupLock(dirname(path)), path);
    case "other version": {
      const claims = recipesOf(path).map((recipe) => join(recipe, "claims"));
      if (claims.some((folder) => filesIn(folder).some((name) => isLocked(join(folder, name))))) return false;
      // A process that writes shards takes this lock first.
      return removeUnder(join(path, ".claim"), path);
    }
  }
}

/** Removes a file or folder while it holds a lock. Returns false if another process holds that. */
function removeUnder(lockPath: string, path: string): boolean {
  const lock = tryLock(lockPath);
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
