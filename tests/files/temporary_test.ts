/** Tests that what killed processes left in the folder for temporary files is removed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { LEFT_AFTER_MS } from "../../src/files/atomic.ts";
import { sweepTemporary } from "../../src/files/temporary.ts";
import { withTemporaryFolder } from "../support.ts";
import { startScriptWith } from "./child.ts";

Deno.test("what a killed process left in the temporary folder is removed after an hour by the next one, and nothing else", () =>
  withTemporaryFolder(async (folder) => {
    const env = { TMPDIR: folder };
    const child = await startScriptWith(env, "files/temporary_child.ts");
    const living = await startScriptWith(env, "files/temporary_child.ts");
    await child.kill();
    const made = names(folder);
    assert.equal(made.length, 2);
    const earlier = ["headlight-graph-3f0a9c21", `headlight-${crypto.randomUUID()}.h5`];
    const foreign = ["headlight-1000", "headlight-graph-notes.txt", "headlight-test-3f0a9c21", "graph"];
    for (const name of [...earlier, ...foreign]) Deno.mkdirSync(join(folder, name));
    sweepTemporary(folder);
    assert.deepEqual(names(folder), [...made, ...earlier, ...foreign].sort(), "nothing is an hour old");
    // The next process, an hour later.
    const then = new Date(Date.now() - 2 * LEFT_AFTER_MS);
    for (const name of names(folder)) Deno.utimeSync(join(folder, name), then, then);
    const next = await startScriptWith(env, "files/temporary_child.ts");
    try {
      const left = names(folder);
      assert.deepEqual(foreign.filter((name) => !left.includes(name)), []);
      assert.deepEqual(earlier.filter((name) => left.includes(name)), []);
      // That of the process that still runs, and the new one's own.
      assert.equal(left.length, foreign.length + 2);
      assert.equal(made.filter((name) => left.includes(name)).length, 1);
    } finally {
      await next.kill();
      await living.kill();
    }
  }));

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}
