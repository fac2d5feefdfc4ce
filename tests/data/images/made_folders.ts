/** Folders as people make them, including names that Deno cannot write. */
import { spawnSync } from "node:child_process";
import assert from "node:assert/strict";
import { checkFolder } from "../../../src/data/find_folder.ts";
import { type Parts, partsOf, type SplitRule } from "../../../src/data/images/split.ts";

/**
 * Writes an empty file under a name that is not UTF-8. Each `\351` in the path, relative to the folder, becomes that
 * byte.
 */
export function writeGarbled(folder: string, path: string): void {
  const script = 'f=$(printf "./$1"); mkdir -p "$(dirname "$f")" && : > "$f"';
  const { status, stderr } = spawnSync("sh", ["-c", script, "sh", path], { cwd: folder, encoding: "utf8" });
  assert.equal(status, 0, stderr);
}

export interface Read extends Parts {
  readonly notices: readonly string[];
  readonly remarks: readonly string[];
  readonly others: readonly string[];
}

/** Returns how `--data FOLDER` is read. @param known the classes of a run that is to evaluate it */
export function readFolder(folder: string, rule: SplitRule, known?: readonly string[]): Read {
  const found = checkFolder(folder, known);
  assert.ok(found.kind === "pictures");
  const { notices, remarks, others } = found.listing;
  return { ...partsOf(folder, found.listing, rule), notices, remarks, others };
}
