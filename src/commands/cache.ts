/** `cache` shows what the machine-wide cache contains; `cache clear` deletes what this version cannot use. */
import { join } from "node:path";
import { bytes } from "../dashboard/text/formats.ts";
import { findUnusable, removeUnusable } from "../features/rows/unusable.ts";
import { explainSystemError } from "../files/system_error.ts";
import { cacheRoot, commandName } from "../paths.ts";
import { folderSize, sizeOf } from "../files/folder_size.ts";
import { stripControl } from "../text.ts";

type Output = (line: string) => void;

const KINDS = [
  ["features", "features of images, by content"],
  ["graphs", "frozen bases as TensorFlow graphs"],
  ["engines", "TensorFlow and its addons"],
  ["weights", "weights of frozen bases"],
  ["files", "hashes of image files that were read"],
] as const;

/** Prints the size of each kind of file, and of the files that this version cannot use. Returns the exit status. */
export function cache(output: Output): number {
  const root = cacheRoot();
  const unusable = findUnusable(root).reduce((sum, { path }) => sum + sizeOf(path), 0);
  const rows: [name: string, size: number, what: string][] = KINDS.map(([name, what]) => {
    // Links are followed, because parts of the cache may be on other disks.
    const size = folderSize(join(root, name));
    return [name, name === "features" ? Math.max(0, size - unusable) : size, what];
  });
  if (unusable > 0) {
    rows.push(["unusable", unusable, `from other versions; to delete it: ${commandName()} cache clear`]);
  }
  const texts = rows.map(([name, size, what]) => [name, bytes(size), what] as const);
  const nameWidth = Math.max(...texts.map(([name]) => name.length));
  const sizeWidth = Math.max(...texts.map(([, size]) => size.length));
  for (const [name, size, what] of texts) output(`${name.padEnd(nameWidth)}  ${size.padStart(sizeWidth)}  ${what}`);
  output(`${bytes(rows.reduce((sum, [, size]) => sum + size, 0))} in ${stripControl(root)}`);
  return 0;
}

/**
 * Deletes what this version cannot use. Files that this version uses, or that a running process is writing, are kept.
 * Returns the exit status: 1 if something could not be deleted.
 */
export function cacheClear(output: Output): number {
  const root = cacheRoot();
  let removed = 0;
  let busy = 0;
  for (const one of findUnusable(root)) {
    const size = sizeOf(one.path);
    try {
      if (removeUnusable(one)) removed += size;
      else busy += size;
    } catch (error) {
      throw explainSystemError(error, `cannot delete ${one.path}`);
    }
  }
  output(removed === 0 && busy === 0 ? "nothing to delete" : `deleted ${bytes(removed)} from ${stripControl(root)}`);
  if (busy === 0) return 0;
  output(`${bytes(busy)} are in use by a process of another version. Run this command again when it has ended.`);
  return 1;
}
