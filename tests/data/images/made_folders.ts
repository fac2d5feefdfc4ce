/** Folders as people make them, with names that Deno cannot write too. */
import { spawnSync } from "node:child_process";
import assert from "node:assert/strict";
import { checkFolder } from "../../../src/data/find_folder.ts";
import { type Parts, partsOf, type SplitRule } from "../../../src/data/images/split.ts";

/** Writes an empty file under a name that is not UTF-8: each `\351` in the path, from the folder on, is that byte. */
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

/** What `--data FOLDER` is read as. @param known the classes of a run that is to judge it */
export function readFolder(folder: string, rule: SplitRule, known?: readonly string[]): Read {
  const found = checkFolder(folder, known);
  assert.ok(found.kind === "pictures");
  const { notices, remarks, others } = found.listing;
  return { ...partsOf(folder, found.listing, rule), notices, remarks, others };
}
