/** What a resume that is refused must leave as it was. */
import { createHash } from "node:crypto";
import { lstatSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { isAside } from "../../../src/files/atomic.ts";

/** These say who owns the run, how long it has worked, and what its trainer printed. They are not part of its state. */
const OF_THE_PROCESS: readonly string[] = ["lock", "heartbeat", "trainer.log", "worked.json"];

/**
 * Returns the SHA-256 of every file in a run's folder, and the target of every link, by their paths. Temporary files are
 * left out: whoever takes a run over removes those of a trainer that was killed in the middle of a save.
 */
export function folderHashes(folder: string, under = ""): Record<string, string> {
  const hashes: Record<string, string> = {};
  for (const { name } of Deno.readDirSync(join(folder, under))) {
    const path = join(under, name);
    if (OF_THE_PROCESS.includes(path) || isAside(name)) continue;
    const whole = join(folder, path);
    const stat = lstatSync(whole);
    if (stat.isDirectory()) Object.assign(hashes, folderHashes(folder, path));
    else if (stat.isSymbolicLink()) hashes[path] = `-> ${readlinkSync(whole)}`;
    else hashes[path] = createHash("sha256").update(Deno.readFileSync(whole)).digest("hex");
  }
  return hashes;
}
