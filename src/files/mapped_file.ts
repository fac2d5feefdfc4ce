/** Maps files into memory, so that the system reads their pages when they are needed and may drop them again. */
import { LIBC } from "../libc.ts";
import { isGone, systemReason } from "./system_error.ts";
import { HeadlightError } from "../errors.ts";

const READ_ONLY_AND_CLOSED_ON_EXEC = Deno.build.os === "darwin" ? 0x1000000 : 0x80000;
const FROM_THE_END = 2;
const PROT_READ = 1;
const MAP_SHARED = 1;

const types = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

let libc: Deno.DynamicLibrary<typeof types> | null = null;

/** Whether files can be mapped on this system. */
export function canMap(): boolean {
  return Deno.build.os === "linux" || Deno.build.os === "darwin";
}

/**
 * Returns a view of a file's content, which stays valid when the file is removed, until the process ends. Returns null if
 * the file is gone or has another size.
 *
 * The view must only be of a file that nobody shortens, on a file system that does not lose files which other hosts
 * remove: reading a page that is no longer there ends the process (SIGBUS).
 *
 * @param bytes the file's size, at least 1
 * @throws HeadlightError (1) if it cannot be mapped
 */
export function mapFile(path: string, bytes: number): Uint8Array<ArrayBuffer> | null {
  const { open, lseek, mmap, close } = (libc ??= Deno.dlopen(LIBC, types)).symbols;
  const descriptor = open(new TextEncoder().encode(`${path}\0`), READ_ONLY_AND_CLOSED_ON_EXEC);
  if (descriptor < 0) {
    if (!exists(path)) return null;
    throw new HeadlightError(`${path} cannot be opened. Check its permissions and the limit of open files`, 1);
  }
  try {
    if (lseek(descriptor, 0n, FROM_THE_END) !== BigInt(bytes)) return null;
    const start = mmap(null, BigInt(bytes), PROT_READ, MAP_SHARED, descriptor, 0n);
    if (start === null || BigInt.asIntN(64, Deno.UnsafePointer.value(start)) === -1n) {
      throw new HeadlightError(`${path} cannot be mapped into memory. Check the limit of memory (ulimit -v)`, 1);
    }
    return new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(start, bytes));
  } finally {
    close(descriptor);
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw new HeadlightError(`${path} cannot be read (${systemReason(error)})`, 1);
  }
}
