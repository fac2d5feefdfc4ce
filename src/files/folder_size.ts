/** How much a folder holds. */
import { join } from "node:path";

/**
 * Bytes in all files of a folder and the folders in it. Links are not followed: what they point to lies elsewhere or is
 * counted already. What cannot be looked at, or goes while it is looked at, counts nothing.
 */
export function folderSize(path: string): number {
  let bytes = 0;
  try {
    for (const { name, isDirectory, isFile } of Deno.readDirSync(path)) {
      const entry = join(path, name);
      if (isDirectory) bytes += folderSize(entry);
      else if (isFile) bytes += fileSize(entry);
    }
  } catch {
    // What was counted so far stays.
  }
  return bytes;
}

function fileSize(path: string): number {
  try {
    return Deno.lstatSync(path).size;
  } catch {
    return 0;
  }
}
