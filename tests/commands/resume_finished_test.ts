/** `train --resume` of a run that has finished. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointStore } from "../../src/run/checkpoints/checkpoint_store.ts";
import { headlight } from "../process.ts";
import { LAYERS, madeSnapshot, PROVENANCE } from "../run/checkpoints/made_checkpoint.ts";
import { makeRun } from "../run/made_run.ts";
import { folderHashes } from "../run/resume/folder_hashes.ts";
import { withTemporaryFolder } from "../support.ts";

Deno.test("--resume of a finished run says how to extend it and exits with 0; with --json it says so on standard error only", async () => {
  await withTemporaryFolder(async (runs) => {
    const options = { data: "demo", base: "squeezenet11", weights: "random", epochs: 3 };
    const run = makeRun(join(runs, "20261123-205501-squeezenet11-demo"), { options });
    new CheckpointStore(run.checkpoints, PROVENANCE).save({ ...madeSnapshot(LAYERS), epoch: 3 }, "last");
    const before = Deno.readTextFileSync(run.events);
    const text = `Run ${run.id} has finished: it has trained all of its 3 epochs. To train for more epochs: ` +
      `deno task train --resume ${run.path} --epochs 6\n`;
    const plain = await headlight(["train", "--resume", run.path]);
    assert.deepEqual([plain.status, plain.stdout, plain.stderr], [0, text, ""]);
    const json = await headlight(["train", "--resume", run.path, "--json"]);
    assert.deepEqual([json.status, json.stdout, json.stderr], [0, "", `headlight: ${text}`]);
    assert.equal(Deno.readTextFileSync(run.events), before);
  });
});

Deno.test("--resume of a finished run names the options that change nothing without more epochs, and keeps them in the command that would go on", async () => {
  await withTemporaryFolder(async (runs) => {
    const options = { data: "demo", base: "squeezenet11", weights: "random", epochs: 3 };
    const run = makeRun(join(runs, "20261123-205501-squeezenet11-demo"), { options });
    new CheckpointStore(run.checkpoints, PROVENANCE).save({ ...madeSnapshot(LAYERS), epoch: 3 }, "last");
    const before = folderHashes(run.path);
    for (
      const [given, change, kept] of [
        [["--patience", "3"], "--patience 3 changes nothing", " --patience 3"],
        [["--learning-rate", "1e-4"], "--learning-rate 0.0001 changes nothing", " --learning-rate 0.0001"],
        [["--keep", "9"], "--keep 9 changes nothing", " --keep 9"],
        [["--keep", "9", "--patience", "3"], "--patience 3 and --keep 9 change nothing", " --patience 3 --keep 9"],
        [
          ["--batch", "8", "--allow-change", "batch"],
          "--batch 8 changes nothing",
          " --batch 8 --allow-change batch",
        ],
      ] as const
    ) {
      const { status, stdout, stderr } = await headlight(["train", "--resume", run.path, ...given]);
      const text = `Run ${run.id} has finished: it has trained all of its 3 epochs. ${change} without more epochs. ` +
        `To train for more epochs: deno task train --resume ${run.path} --epochs 6${kept}\n`;
      assert.deepEqual([status, stdout, stderr], [0, text, ""]);
      assert.deepEqual(folderHashes(run.path), before);
    }
  });
});

Deno.test("the command that extends a run which stopped early has the larger patience, and not the one that was given in vain", async () => {
  await withTemporaryFolder(async (runs) => {
    const options = { data: "demo", base: "squeezenet11", weights: "random", epochs: 9, patience: 2 };
    const run = makeRun(join(runs, "20261123-205501-squeezenet11-demo"), { options });
    const snapshot = madeSnapshot(LAYERS);
    const earlyStopping = { ...snapshot.earlyStopping, wait: 2, stop: true };
    new CheckpointStore(run.checkpoints, PROVENANCE).save({ ...snapshot, epoch: 3, earlyStopping }, "last");
    const { status, stdout } = await headlight(["train", "--resume", run.path, "--patience", "1", "--keep", "9"]);
    assert.equal(status, 0);
    assert.match(stdout, / --patience 1 and --keep 9 change nothing without more patience\. To train /);
    assert.match(stdout, new RegExp(`--resume ${run.path} --patience \\d+ --keep 9\n$`));
    assert.doesNotMatch(stdout, /--patience 1 --keep 9\n/);
  });
});
