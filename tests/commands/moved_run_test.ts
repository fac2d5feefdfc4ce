import assert from "node:assert/strict";
import { join } from "node:path";
import type { EventBody } from "../../src/events.ts";
import { headlight } from "../process.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { stream } from "../dashboard/replay.ts";
import { endOf, makeRun, writeEvents } from "../run/made_run.ts";
import { withTemporaryFolder } from "../support.ts";

const ID = "20261123-205501-squeezenet11-demo";

Deno.test("summary and watch of a run whose folder was moved repeat it in the new folder of runs", async () => {
  await withTemporaryFolder(async (folder) => {
    const [old, moved] = [join(folder, "old"), join(folder, "moved")];
    const made = makeRun(join(old, ID));
    const { options, repeat: before } = readRunConfig(made.config);
    const run = stream("lesson").find((event) => event.type === "run");
    assert.ok(run && before !== null);
    const facts: EventBody = { ...run, config: { options } };
    writeEvents(made, [facts, endOf(ID, { repeat: before })]);
    const repeat = async (how: readonly string[], runs: string) => {
      const { status, stdout, stderr } = await headlight([...how, ID, "--runs", runs]);
      assert.equal(status, 0, stderr);
      return /repeat +(deno task train .*?) {2}/.exec(stdout.replaceAll(/\n +(?=-)/g, " ").replaceAll("\n", "  "))?.[1];
    };
    for (const how of [["summary"], ["watch", "--plain"]]) assert.equal(await repeat(how, old), before);
    Deno.renameSync(old, moved);
    for (const how of [["summary"], ["watch", "--plain"]]) {
      assert.equal(await repeat(how, moved), before.replace(` --runs ${old}`, ` --runs ${moved}`));
    }
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
