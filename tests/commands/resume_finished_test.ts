/** `train --resume` of a run that has finished. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointStore } from "../../src/run/checkpoints/checkpoint_store.ts";
import { headlight } from "../process.ts";
import { LAYERS, madeSnapshot, PROVENANCE } from "../run/checkpoints/made_checkpoint.ts";
import { makeRun } from "../run/made_run.ts";
import { withTemporaryFolder } from "../support.ts";

Deno.test("--resume of a finished run says how to extend it and exits with 0; with --json it says so on standard error only", async () => {
  await withTemporaryFolder(async (runs) => {
    const options = { data: "demo", base: "squeezenet11", weights: "random", epochs: 3 };
    const run = makeRun(join(runs, "20261123-205501-squeezenet11-demo"), { options });
    new CheckpointStore(run.checkpoints, PROVENANCE).save({ ...madeSnapshot(LAYERS), epoch: 3 }, "last");
    const before = Deno.readTextFileSync(run.events);
    const text = `Run ${run.id} has finished: it has trained all of its 3 epochs. To train on: ` +
      `deno task train --resume ${run.path} --epochs 6\n`;
    const plain = await headlight(["train", "--resume", run.path]);
    assert.deepEqual([plain.status, plain.stdout, plain.stderr], [0, text, ""]);
    const json = await headlight(["train", "--resume", run.path, "--json"]);
    assert.deepEqual([json.status, json.stdout, json.stderr], [0, "", `headlight: ${text}`]);
    assert.equal(Deno.readTextFileSync(run.events), before);
  });
});
