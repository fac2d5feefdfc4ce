/** Files of a format that takes no trailer, kept honest by a `.sha256` beside them in sha256sum's format. */
import { basename } from "node:path";
import { writeFileAtomicSync } from "../files/atomic.ts";
import { fileHash } from "../files/hash.ts";

/** Says that the file is whole as it is now. */
export async function sealFile(path: string): Promise<void> {
  writeFileAtomicSync(`${path}.sha256`, `${await fileHash(path, "sha256")}  ${basename(path)}\n`);
}

/** Whether the file is there, sealed, and still what it was then. */
export async function isSealed(path: string): Promise<boolean> {
  try {
    const [sealed] = (await Deno.readTextFile(`${path}.sha256`)).split(" ");
    return sealed === await fileHash(path, "sha256");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
