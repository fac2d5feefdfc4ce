import assert from "node:assert/strict";
import { argumentFrom } from "../../../src/run/folder/run_argument.ts";

Deno.test("a run in the default folder is named by its id, one below the working directory by its path from there, another one by its whole path", () => {
  const names = [
    ["/home/ann/work/runs/20261127-1", "20261127-1"],
    ["/home/ann/work/runs/a b", "'a b'"],
    ["/home/ann/work/my runs/20261127-1", "'my runs/20261127-1'"],
    ["/home/ann/work/night/runs/20261127-1", "night/runs/20261127-1"],
    ["/home/ann/other/runs/20261127-1", "/home/ann/other/runs/20261127-1"],
    ["/home/ann/work/20261127-1", "/home/ann/work/20261127-1"],
    // These would be a flag, the newest run, and a folder in the home folder.
    ["/home/ann/work/runs/-1", "runs/-1"],
    ["/home/ann/work/runs/latest", "runs/latest"],
    ["/home/ann/work/-runs/1", "/home/ann/work/-runs/1"],
    ["/home/ann/work/~/1", "'/home/ann/work/~/1'"],
  ] as const;
  for (const [path, name] of names) {
    const id = path.slice(path.lastIndexOf("/") + 1);
    assert.equal(argumentFrom({ id, path }, "/home/ann/work/runs"), name);
  }
});
