import assert from "node:assert/strict";
import { join } from "node:path";
import { headlight } from "../process.ts";
import { makeRun } from "../run/made_run.ts";
import { withTemporaryFolder } from "../support.ts";

const ID = "20261123-205501-densenet121-demo";

Deno.test("stop and checkpoint on a finished run say that there is nothing to stop or save, and where it is saved", () =>
  withTemporaryFolder(async (runs) => {
    const run = makeRun(join(runs, ID));
    // A run that has events had a trainer.
    Deno.mkdirSync(run.checkpoints, { recursive: true });
    Deno.writeTextFileSync(run.events, '{"seq":1,"time":"2026-11-23T20:55:01.000Z","v":2,"type":"x"}\n');
    const said = async (command: string) => {
      const { status, stderr } = await headlight([command, ID, "--runs", runs]);
      assert.equal(status, 2, stderr);
      return stderr;
    };
    assert.equal(await said("stop"), `headlight: Run ${ID} is not running, so there is nothing to stop\n`);
    assert.equal(
      await said("checkpoint"),
      `headlight: Run ${ID} is not running, so there is nothing to save. Saved checkpoints are in ${run.checkpoints}\n`,
    );
  }));
