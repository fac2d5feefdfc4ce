import assert from "node:assert/strict";
import { needs } from "../support.ts";
import { processorMs } from "../../src/run/system/process_tree.ts";
import { commandOf, findDescendant, MemoryWatch, pssBytes } from "./process_tree.ts";

const NO_PROC = Deno.build.os !== "linux";

Deno.test({
  name: "a child's memory, processor time and command line can be read while it runs, and are empty afterwards" +
    needs("Linux"),
  ignore: NO_PROC,
  fn: async () => {
    const script =
      'const ballast = new Uint8Array(60_000_000).fill(1); console.log("up"); setTimeout(() => ballast, 1e6);';
    const child = new Deno.Command(Deno.execPath(), { args: ["eval", script], stdout: "piped" }).spawn();
    const output = child.stdout.getReader();
    await output.read();
    const watch = new MemoryWatch(Deno.pid, 10);
    try {
      assert.equal(findDescendant(Deno.pid, (words) => words.includes(script)), child.pid);
      assert.ok(pssBytes(child.pid) > 60e6);
      assert.ok((processorMs(child.pid) ?? 0) > 0);
      assert.ok(watch.peakBytes > pssBytes(child.pid), "the tree is the parent and its child");
    } finally {
      watch.stop();
      child.kill("SIGKILL");
      await output.cancel();
      await child.status;
    }
    assert.equal(pssBytes(child.pid), 0);
    assert.equal(processorMs(child.pid), null);
    assert.deepEqual(commandOf(child.pid), []);
  },
});
