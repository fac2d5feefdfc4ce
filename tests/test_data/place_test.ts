import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { withTemporaryFolder } from "../support.ts";
import { hasTestData, LAST_FILE, testDataFolder } from "./place.ts";

/** Makes a folder that counts as complete test data. */
function fill(folder: string): void {
  Deno.mkdirSync(dirname(join(folder, LAST_FILE)), { recursive: true });
  Deno.writeTextFileSync(join(folder, LAST_FILE), "0 Apple\n");
}

Deno.test("test data is looked for where HEADLIGHT_SHARED says, then in ../shared, then where it is fetched to", async () => {
  await withTemporaryFolder((folder) => {
    const [root, beside, fetched] = [
      join(folder, "project"),
      join(folder, "shared"),
      join(folder, "project", "test-data"),
    ];
    Deno.mkdirSync(beside);
    assert.equal(testDataFolder(undefined, root, fetched), fetched, "a folder of that name without the data");
    fill(fetched);
    assert.ok(hasTestData(fetched));
    assert.equal(testDataFolder(undefined, root, fetched), fetched);
    fill(beside);
    assert.equal(testDataFolder(undefined, root, fetched), beside);
    assert.equal(testDataFolder("/elsewhere", root, fetched), "/elsewhere");
    assert.equal(testDataFolder("../other", root, fetched), join(folder, "other"));
  });
});
