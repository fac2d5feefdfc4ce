import assert from "node:assert/strict";
import { join } from "node:path";
import { nearestExisting, tryWriting } from "../../src/files/writable.ts";
import { withTemporaryFolder } from "../support.ts";

Deno.test("trying to write leaves no trace, be the folder there or yet to be made", async () => {
  await withTemporaryFolder((folder) => {
    tryWriting(folder);
    tryWriting(join(folder, "yet", "to", "be", "made"));
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("where nothing can be made, trying to write throws what the system says", async () => {
  await withTemporaryFolder((folder) => {
    Deno.writeTextFileSync(join(folder, "file"), "");
    Deno.symlinkSync(join(folder, "nowhere"), join(folder, "link"));
    assert.throws(() => tryWriting(join(folder, "file")), Deno.errors.NotADirectory);
    assert.throws(() => tryWriting(join(folder, "file", "below")), Deno.errors.NotADirectory);
    assert.throws(() => tryWriting(join(folder, "link", "below")), Deno.errors.NotFound);
  });
});

Deno.test("the nearest that exists is the path itself or the first above it; a link that leads nowhere exists", async () => {
  await withTemporaryFolder((folder) => {
    Deno.symlinkSync(join(folder, "nowhere"), join(folder, "link"));
    assert.equal(nearestExisting(folder), folder);
    assert.equal(nearestExisting(join(folder, "a", "b")), folder);
    assert.equal(nearestExisting(join(folder, "link", "b")), join(folder, "link"));
    assert.equal(nearestExisting("/nowhere/at/all"), "/");
  });
});
