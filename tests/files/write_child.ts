/**
 * Writes atomically until it is killed: `write_child.ts file|folder|symlink PATH`. Prints "ready" after the first time.
 */
import { join } from "node:path";
import { swapSymlinkSync, writeFileAtomicSync, writeFolderAtomicSync, writeSynced } from "../../src/files/atomic.ts";

const [what, path = ""] = Deno.args;
for (let round = 0;; round++) {
  const content = new Uint8Array(1_000_000).fill(round % 256);
  if (what === "file") writeFileAtomicSync(path, content);
  else if (what === "symlink") swapSymlinkSync(`target-${round % 2}`, path);
  else {
    writeFolderAtomicSync(join(path, `round-${round}`), (aside) => {
      for (const name of ["a", "b", "c"]) writeSynced(join(aside, name), content.subarray(0, 100_000));
    });
  }
  if (round === 0) console.log("ready");
}
