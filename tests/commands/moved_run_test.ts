import assert from "node:assert/strict";
import { join } from "node:path";
import type { EventBody } from "../../src/events.ts";
import { headlight } from "../process.ts";
import { endOf, makeRun } from "../run/made_run.ts";
import { withTemporaryFolder } from "../support.ts";

const ID = "20261123-205501-squeezenet11-demo";

Deno.test("summary of a run whose folder was moved repeats it in the new folder of runs", async () => {
  await withTemporaryFolder(async (folder) => {
    const [old, moved] = [join(folder, "old"), join(folder, "moved")];
    makeRun(join(old, ID));
    const repeat = async (runs: string) => {
      const { status, stdout, stderr } = await headlight(["summary", ID, "--runs", runs]);
      assert.equal(status, 0, stderr);
      return stdout.replaceAll(/\s+/g, " ");
    };
    assert.ok((await repeat(old)).includes(`--runs ${old}`));
    Deno.renameSync(old, moved);
    const said = await repeat(moved);
    assert.match(said, /repeat +deno task train /);
    assert.ok(said.includes(`--runs ${moved}`) && !said.includes(old), said);
  });
});

Deno.test("what watch says of a renamed run names its folder as it is now, in the checkpoints and in every command", async () => {
  await withTemporaryFolder(async (folder) => {
    const [old, moved] = [join(folder, "old", ID), join(folder, "moved", "renamed")];
    const saved = (name: string, kind: "best" | "last"): EventBody => (
      { type: "checkpoint", path: join(old, "checkpoints", name), epoch: 2, step: 0, kind, bytes: 10 }
    );
    const made = { then: [saved("epoch-0002", "best"), saved("epoch-0003", "last"), endOf(ID, { directory: old })] };
    const { path } = makeRun(old, made);
    Deno.mkdirSync(join(folder, "moved"));
    Deno.renameSync(path, moved);
    const { status, stdout, stderr } = await headlight(["watch", moved, "--plain"]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^ {2}saved +checkpoints\/epoch-0002 \(best\) {2}checkpoints\/epoch-0003 \(last\)$/m);
    assert.match(stdout, new RegExp(`^ {2}run +${moved}$`, "m"));
    assert.match(stdout, new RegExp(`^ {2}watch +deno task watch ${moved}$`, "m"));
    assert.ok(!stdout.includes(join(folder, "old")) && !stdout.includes(ID), stdout);
  });
});
