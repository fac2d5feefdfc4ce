import assert from "node:assert/strict";
import { join } from "node:path";
import { classNamesText, readClassNames } from "../../../src/data/arrays/class_names.ts";
import { withTemporaryFolder } from "../../support.ts";

Deno.test("names that begin with a number are read as they were written", async () => {
  await withTemporaryFolder((folder) => {
    for (const names of [["cat", "dog"], ["7 up", "cola"], ["0 a", "1 b"], ["Äpfel & <b>", "a, b"], ["2024", "x"]]) {
      const path = join(folder, "classes.txt");
      Deno.writeTextFileSync(path, classNamesText(names));
      assert.deepEqual(readClassNames(path), names);
    }
  });
});
