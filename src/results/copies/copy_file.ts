/** Copies files so that a copy is whole or not there, and replaces nothing. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { withAside } from "../../files/atomic.ts";
import { isSystemError, systemCode } from "../../files/system_error.ts";
import { type Disk, numberedName, type PlannedCopy } from "./plan_copies.ts";

/** The number of bytes that are compared at once. */
const AT_ONCE = 1 << 16;

/** The files of this machine. */
export const realDisk: Disk = { isThere, isSame: sameContent };

/** Returns whether there is anything at a path, such as a broken link. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Returns whether two paths are files with the same content. A file that cannot be read is like no other. */
export function sameContent(one: string, other: string): boolean {
  try {
    return isEqual(one, other);
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Deno.statSync(one), Deno.statSync(other)];
  if (!a.isFile || !b.isFile || a.size !== b.size) return false;
  if (a.ino !== null && a.ino === b.ino && a.dev === b.dev) return true;
  using fileOfOne = Deno.openSync(one);
  using fileOfOther = Deno.openSync(other);
  const [pieceOfOne, pieceOfOther] = [new Uint8Array(AT_ONCE), new Uint8Array(AT_ONCE)];
  for (;;) {
    const [read, readOfOther] = [readFull(fileOfOne, pieceOfOne), readFull(fileOfOther, pieceOfOther)];
    if (read !== readOfOther) return false;
    if (read === 0) return true;
    for (let place = 0; place < read; place++) if (pieceOfOne[place] !== pieceOfOther[place]) return false;
  }
}

/** Reads until the piece is full or the file ends. Returns the number of bytes. */
function readFull(file: Deno.FsFile, piece: Uint8Array): number {
  let read = 0;
  while (read < piece.length) {
    const more = file.readSync(piece.subarray(read));
    if (more === null) break;
    read += more;
  }
  return read;
}

/**
 * Copies a file as planned, with its modification time. If its name was taken meanwhile, the copy gets the next number.
 *
 * @returns whether it was copied; false if the same file is there by now
 * @throws the system's error; nothing is left of the copy then
 */
export function copyFile({ source, folder, name, number }: PlannedCopy): boolean {
  Deno.mkdirSync(folder, { recursive: true });
  // A name of its own, because that of the source may leave no room for more characters.
  return withAside(join(folder, "copy"), (aside) => {
    Deno.copyFileSync(source, aside);
    {
      using copy = Deno.openSync(aside, { read: true });
      copy.syncSync();
    }
    const { atime, mtime } = Deno.statSync(source);
    if (mtime) Deno.utimeSync(aside, atime ?? mtime, mtime);
    for (let next = number;; next++) {
      const target = join(folder, numberedName(name, next));
      if (placeNew(aside, target)) return true;
      if (sameContent(aside, target)) return false;
    }
  });
}

/** The errors of a file system that has no hard links, such as FAT. */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];

/** Gives a file a name that nothing has. Returns false if something has it. */
function placeNew(aside: string, target: string): boolean {
  try {
    // Unlike a rename, this never replaces a file.
    Deno.linkSync(aside, target);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    if (!NO_LINKS.includes(systemCode(error) ?? "")) throw error;
    if (isThere(target)) return false;
    Deno.renameSync(aside, target);
    return true;
  }
}
