import assert from "node:assert/strict";
import { join } from "node:path";
import { folderSize, sizeOf } from "../../src/files/folder_size.ts";
import { withTemporaryFolder } from "../support.ts";

Deno.test("a file with two names is counted once, and a symbolic link not at all", () =>
  withTemporaryFolder((folder) => {
    Deno.mkdirSync(join(folder, "engine"));
    Deno.writeTextFileSync(join(folder, "library"), "x".repeat(1000));
    Deno.linkSync(join(folder, "library"), join(folder, "engine", "library"));
    Deno.symlinkSync(join(folder, "library"), join(folder, "link"));
    Deno.writeTextFileSync(join(folder, "engine", "stamp.json"), "{}");
    assert.equal(folderSize(folder), 1002);
  }));

Deno.test("files and folders have a size, and a missing path has size 0", () =>
  withTemporaryFolder((folder) => {
    Deno.writeTextFileSync(join(folder, "claim"), "x".repeat(10));
    assert.equal(sizeOf(join(folder, "claim")), 10);
    assert.equal(sizeOf(folder), 10);
    assert.equal(sizeOf(join(folder, "gone")), 0);
  }));
