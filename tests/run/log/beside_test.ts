import assert from "node:assert/strict";
import { join } from "node:path";
import { RunBeside } from "../../../src/run/log/beside.ts";
import { runDirectory } from "../../../src/run/folder/directory.ts";
import { EventLog } from "../../../src/run/log/event_log.ts";
import { withTemporaryFolder } from "../../support.ts";
import { figures } from "../made_run.ts";

Deno.test("the run for comparison is read further as its log grows, each epoch once", async () => {
  await withTemporaryFolder((folder) => {
    const run = runDirectory(join(folder, "a-run"));
    const beside = new RunBeside(run);
    assert.equal(beside.look(), false, "a run that is not there has nothing");
    Deno.mkdirSync(run.path);
    const log = new EventLog(run.events);
    const say = (epoch: number) =>
      log.append({ type: "epoch", ...figures(epoch, 0.5), epochs: 9, seconds: 1, learning_rate: 0.001 });
    say(1);
    say(2);
    assert.equal(beside.look(), true);
    assert.equal(beside.look(), false);
    log.append({ type: "log", level: "info", text: "nothing of interest" });
    assert.equal(beside.look(), false);
    say(3);
    assert.equal(beside.look(), true);
    assert.deepEqual([...beside.state.epochs].map(({ epoch }) => epoch), [1, 2, 3]);
    log.close();
  });
});
