/** How much a folder holds. */
import { join } from "node:path";

/**
 * Returns the bytes in all files of a folder and the folders in it. Symbolic links are not followed, and a file with
 * several names (hard links) is counted once. What cannot be read, or is removed meanwhile, counts nothing.
 *
 * @param counted the files with several names that were counted already
 */
export function folderSize(path: string, counted: Set<string> = new Set()): number {
  let bytes = 0;
  try {
    for (const { name, isDirectory, isFile } of Deno.readDirSync(path)) {
      const entry = join(path, name);
      if (isDirectory) bytes += folderSize(entry, counted);
      else if (isFile) bytes += fileSize(entry, counted);
    }
  } catch {
    // What was counted so far stays.
  }
  return bytes;
}

/** Returns the bytes of a file, or of a folder as `folderSize` counts them. */
export function sizeOf(path: string): number {
  try {
    return Deno.lstatSync(path).isDirectory ? folderSize(path) : fileSize(path, new Set());
  } catch {
    return 0;
  }
}

function fileSize(path: string, counted: Set<string>): number {
  try {
    const { size, nlink, dev, ino } = Deno.lstatSync(path);
    if (nlink === 1) return size;
    const file = `${dev} ${ino}`;
    if (counted.has(file)) return 0;
    counted.add(file);
    return size;
  } catch {
    return 0;
  }
}
