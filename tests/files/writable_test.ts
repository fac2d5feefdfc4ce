import assert from "node:assert/strict";
import { join } from "node:path";
import { nearestExisting, tryWriting } from "../../src/files/writable.ts";
import { withTemporaryFolder } from "../support.ts";

Deno.test("trying to write leaves no trace, whether or not the folder exists", async () => {
  await withTemporaryFolder((folder) => {
    tryWriting(folder);
    tryWriting(join(folder, "yet", "to", "be", "made"));
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("if nothing can be created, trying to write throws the system's error", async () => {
  await withTemporaryFolder((folder) => {
    Deno.writeTextFileSync(join(folder, "file"), "");
    Deno.symlinkSync(join(folder, "nowhere"), join(folder, "link"));
    assert.throws(() => tryWriting(join(folder, "file")), Deno.errors.NotADirectory);
    assert.throws(() => tryWriting(join(folder, "file", "below")), Deno.errors.NotADirectory);
    assert.throws(() => tryWriting(join(folder, "link", "below")), Deno.errors.NotFound);
  });
});

Deno.test("the nearest existing path is the path itself or its first existing parent; a dangling link exists", async () => {
  await withTemporaryFolder((folder) => {
    Deno.symlinkSync(join(folder, "nowhere"), join(folder, "link"));
    assert.equal(nearestExisting(folder), folder);
    assert.equal(nearestExisting(join(folder, "a", "b")), folder);
    assert.equal(nearestExisting(join(folder, "link", "b")), join(folder, "link"));
    assert.equal(nearestExisting("/nowhere/at/all"), "/");
  });
});
