/** The folders of the engines in the cache: engines/<name>/. All engines share one lock, which is held for a setup. */
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { removeIfThere } from "../../files/atomic.ts";
import { isLocked, waitForLock } from "../../files/lock.ts";
import { isFreed, useEntry } from "../../files/use.ts";
import type { SetupRequest } from "../engine.ts";
import { explainSetupError } from "./limits.ts";

/** The file name of the stamp in an engine's folder (stamp.ts). */
export const STAMP_NAME = "stamp.json";
const ASIDE_SUFFIX = ".aside";

/** Returns the folder of the engines in a cache. */
export function enginesFolder(cacheRoot: string): string {
  return join(cacheRoot, "engines");
}

/** Returns the lock that is held while an engine is set up. */
export function setupLock(engines: string): string {
  return join(engines, ".lock");
}

/**
 * Runs a setup while no other process runs one. Waits if another does, and says so.
 *
 * @param engine the engine's name in messages
 * @throws the signal's reason when aborted; HeadlightError if the setup met an error of the system in the cache, as
 * `explainSetupError`
 */
export async function underSetupLock<T>(
  engines: string,
  engine: string,
  { onProgress, signal }: Pick<SetupRequest, "onProgress" | "signal">,
  setUp: () => Promise<T>,
): Promise<T> {
  try {
    const sayWaiting = () => {
      const label = `waiting for another Headlight process to set up ${engine}`;
      onProgress({ label, done: 0, total: 0, unit: "steps" });
    };
    const lock = await waitForLock(setupLock(engines), sayWaiting, signal);
    try {
      return await setUp();
    } finally {
      lock.release();
    }
  } catch (error) {
    throw explainSetupError(error, engines, engine);
  }
}

/**
 * Takes an engine into use until this process exits. Returns false if `cache clear` has just deleted it.
 */
export async function takeIntoUse(directory: string): Promise<boolean> {
  const use = await useEntry(directory);
  if (existsSync(join(directory, STAMP_NAME))) return true;
  use.release();
  return false;
}

/** Returns the paths of the subfolders, or none if the folder cannot be read. */
export function folders(engines: string): string[] {
  try {
    return readdirSync(engines, { withFileTypes: true }).filter((entry) => entry.isDirectory())
      .map((entry) => join(engines, entry.name));
  } catch {
    return [];
  }
}

/** Creates a temporary folder beside the engines. `publish` renames it into place once it is complete. */
export function makeAside(engines: string): string {
  return Deno.makeTempDirSync({ dir: engines, prefix: ".", suffix: ASIDE_SUFFIX });
}

/** Returns whether a folder is a temporary one (`makeAside`). */
export function isAside(directory: string): boolean {
  return directory.endsWith(ASIDE_SUFFIX);
}

/** Returns the temporary folders that interrupted setups left. While a setup runs, there are none: they are its own. */
export function unfinishedFolders(engines: string): string[] {
  if (isLocked(setupLock(engines))) return [];
  return folders(engines).filter((directory) => isAside(directory) && !isFreed(basename(directory)));
}

/**
 * Removes the remains of interrupted setups, and the folders that are not to be kept. The caller must hold the lock.
 */
export function removeFolders(engines: string, isKept: (directory: string) => boolean): void {
  for (const directory of folders(engines)) {
    if (!isAside(directory) && isKept(directory)) continue;
    try {
      removeIfThere(directory);
    } catch {
      // A compiler or pip that outlived a killed Headlight may still be writing there. The next setup removes the
      // folder.
    }
  }
}
