/**
 * Seals for files whose format does not allow a trailer: `<file>.sha256` beside the file, in sha256sum's format. The
 * seal covers the file's content and its name, which contains the hash of the file's recipe.
 */
import { basename, dirname } from "node:path";
import { LEFT_AFTER_MS, sweepAsides, writeFileAtomicSync } from "./atomic.ts";
import { fileHash } from "./hash.ts";
import { isRegularFile } from "./stored.ts";

/** Seals a file with its current content. Also removes temporary files that killed processes left in its folder. */
export async function sealFile(path: string): Promise<void> {
  writeFileAtomicSync(sealPath(path), await sealOf(path));
  sweepAsides(dirname(path), LEFT_AFTER_MS);
}

/** Returns whether a file exists and has exactly the content that was sealed under this name. */
export async function isSealed(path: string): Promise<boolean> {
  if (!isRegularFile(path) || !isRegularFile(sealPath(path))) return false;
  try {
    const [sealed, expected] = [await Deno.readTextFile(sealPath(path)), await sealOf(path)];
    return sealed === expected;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Returns the SHA-256, in hex, that was sealed under this name; null if there is none. The file itself may be gone. */
export function sealedHash(path: string): string | null {
  if (!isRegularFile(sealPath(path))) return null;
  return /^[0-9a-f]{64}/.exec(Deno.readTextFileSync(sealPath(path)))?.[0] ?? null;
}

/** Returns the path of the file that the seal is in. */
export function sealPath(path: string): string {
  return `${path}.sha256`;
}

/** Returns the path of the lock that is held while a sealed file is downloaded or made. */
export function makersLock(path: string): string {
  return `${path}.lock`;
}

async function sealOf(path: string): Promise<string> {
  return `${await fileHash(path, "sha256")}  ${basename(path)}\n`;
}
