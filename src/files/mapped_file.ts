/** Maps files into memory, so that the system reads their pages when they are needed and may drop them again. */
import { LIBC } from "../libc.ts";
import { isGone } from "./system_error.ts";

const READ_ONLY_AND_CLOSED_ON_EXEC = 0x80000;
const FROM_THE_END = 2;
const PROT_READ = 1;
const MAP_PRIVATE = 2;

const types = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

let libc: Deno.DynamicLibrary<typeof types> | null = null;

/**
 * Whether files are mapped on this system: only where the numbers above hold and `isOnLocalFileSystem` has an answer.
 */
export const CAN_MAP = Deno.build.os === "linux";

/**
 * Returns a file's content, mapped into memory, or read if it cannot be mapped. It stays valid when the file is
 * removed, until the process ends. Returns null if the file is gone or has another size.
 *
 * Map only a file that nobody shortens, on a file system that only this host changes: reading a page that is no longer
 * there ends the process (SIGBUS).
 *
 * @param bytes the file's size, at least 1
 * @throws the system's error if it cannot be read
 */
export function mapFile(path: string, bytes: number): Uint8Array<ArrayBuffer> | null {
  const mapped = map(path, bytes);
  if (mapped !== null) return mapped;
  try {
    const content = Deno.readFileSync(path);
    return content.length === bytes ? content : null;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

function map(path: string, bytes: number): Uint8Array<ArrayBuffer> | null {
  const { open, lseek, mmap, close } = (libc ??= Deno.dlopen(LIBC, types)).symbols;
  const descriptor = open(new TextEncoder().encode(`${path}\0`), READ_ONLY_AND_CLOSED_ON_EXEC);
  if (descriptor < 0) return null;
  try {
    if (lseek(descriptor, 0n, FROM_THE_END) !== BigInt(bytes)) return null;
    const start = mmap(null, BigInt(bytes), PROT_READ, MAP_PRIVATE, descriptor, 0n);
    // MAP_FAILED is -1.
    if (start === null || BigInt.asIntN(64, Deno.UnsafePointer.value(start)) === -1n) return null;
    return new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(start, bytes));
  } finally {
    close(descriptor);
  }
}
