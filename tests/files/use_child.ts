/**
 * Works on the entry PATH: `hold` uses it until killed; `free` frees it; `users` uses it 300 times, makes it if it is
 * missing, and prints how often it was missing while in use.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeFolderAtomicSync, writeSynced } from "../../src/files/atomic.ts";
import { freeEntry, useEntry } from "../../src/files/use.ts";

const [path = "", what] = Deno.args;
if (what === "free") {
  console.log("freeing");
  freeEntry(path);
  setInterval(() => {}, 1000);
} else if (what === "users") {
  console.log("using");
  let lost = 0;
  for (let round = 0; round < 300; round++) {
    const use = await useEntry(path);
    if (!existsSync(path)) {
      try {
        writeFolderAtomicSync(path, (aside) => writeSynced(join(aside, "file"), new Uint8Array(10)));
      } catch {
        // Another user has made it meanwhile.
      }
    }
    for (let look = 0; look < 20; look++) if (!existsSync(join(path, "file"))) lost++;
    use.release();
  }
  console.log(`lost ${lost}`);
} else {
  await useEntry(path, { made: "up" });
  console.log("held");
  setInterval(() => {}, 1000);
}
