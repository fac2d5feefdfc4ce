/** Sizes of files and folders. */
import { join } from "node:path";

/**
 * Returns the total size in bytes of all files in a folder and its subfolders. Does not follow symbolic links, counts a
 * file with several hard links once, and skips what cannot be read or is removed during the call.
 *
 * @param counted the files with several hard links that were counted already
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
    // The folder, or the rest of it, cannot be read.
  }
  return bytes;
}

/** Returns the size in bytes of a file, or of a folder as `folderSize` counts it; 0 if it cannot be read. */
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
