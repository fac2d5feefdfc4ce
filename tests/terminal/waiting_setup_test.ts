/** Ctrl-C in a terminal while the set-up of an engine waits for that of another process. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { tryLock } from "../../src/files/lock.ts";
import { headlightArgs } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { PseudoTerminal } from "./pseudo_terminal.ts";

Deno.test("Ctrl-C ends engine at once while it waits for another set-up, with 130, and leaves that one alone", () =>
  withTemporaryFolder(async (folder) => {
    const engines = join(folder, "headlight", "engines");
    const other = tryLock(join(engines, ".lock"));
    assert.ok(other);
    const env = { XDG_CACHE_HOME: folder, HEADLIGHT_TENSORFLOW: "" };
    const args = headlightArgs(["engine", "tensorflow"]);
    const terminal = new PseudoTerminal(Deno.execPath(), args, { columns: 100, rows: 10, env });
    try {
      await terminal.shows("waiting for another Headlight process to set up TensorFlow", 30_000);
      const sinceMs = performance.now();
      terminal.write("\x03");
      let status: number | undefined;
      terminal.exited.then((code) => (status = code));
      await terminal.until(() => status !== undefined, "the end of the command");
      assert.equal(status, 130);
      assert.ok(performance.now() - sinceMs < 5000, `it took ${performance.now() - sinceMs} ms`);
      assert.deepEqual([...Deno.readDirSync(engines)].map(({ name }) => name), [".lock"]);
    } finally {
      await terminal.end();
      other.release();
    }
  }));
