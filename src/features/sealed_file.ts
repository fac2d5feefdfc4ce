/**
 * Seals for files whose format does not allow a trailer: `<file>.sha256` beside the file, in sha256sum's format. The
 * seal covers the file's content and its name, which contains the hash of the file's recipe.
 */
import { basename, dirname } from "node:path";
import { LEFT_AFTER_MS, sweepAsides, writeFileAtomicSync } from "../files/atomic.ts";
import { fileHash } from "../files/hash.ts";
import { isRegularFile } from "../files/stored.ts";

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

function sealPath(path: string): string {
  return `${path}.sha256`;
}

async function sealOf(path: string): Promise<string> {
  return `${await fileHash(path, "sha256")}  ${basename(path)}\n`;
}
