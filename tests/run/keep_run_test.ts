/** Trains with `--keep`, from the command line. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { evaluationSchema } from "../../src/results/evaluation_json.ts";
import { readCheckpoint } from "../../src/run/checkpoints/read_checkpoint.ts";
import { checkpointNames, linkedName } from "../../src/run/checkpoints/checkpoint_names.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { tensorflowEngine } from "../engine.ts";
import { headlight, JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { SMALL_RUN } from "./small_run.ts";

await tensorflowEngine();

/** A learning rate with which the figures go up and down. */
const RESTLESS = ["--learning-rate", "0.03", "--patience", "50"];

Deno.test("--keep 2 keeps the best epochs across a resume, names them, and evaluate uses them", async () => {
  await withTemporaryFolder(async (runs) => {
    const flags = [...SMALL_RUN, ...RESTLESS, "--runs", runs];
    const plain = new JsonRun(["train", ...flags, "--epochs", "8"]);
    assert.equal(await plain.status(), 0, plain.stderr);
    const run = new JsonRun(["train", ...flags, "--epochs", "4", "--keep", "2"]);
    assert.equal(await run.status(), 0, run.stderr);
    const directory = await run.directory();
    const resumed = await headlight(["train", "--resume", directory, "--epochs", "8", "--plain"]);
    assert.equal(resumed.status, 0, resumed.stderr);

    const checkpoints = join(directory, "checkpoints");
    const { snapshot } = readCheckpoint(join(checkpoints, "last"));
    // Keeping more changes nothing about the training.
    assert.deepEqual(snapshot, readCheckpoint(join(await plain.directory(), "checkpoints", "last")).snapshot);

    const figures = [...snapshot.history.val_accuracy];
    const names = checkpointNames(checkpoints);
    const best = linkedName(join(checkpoints, "best"));
    const kept = names.filter((name) => name !== best && name !== "epoch-0008");
    // All epochs but those that are there for another reason, the best first and of equal ones the newest.
    const ranked = figures.map((figure, index) => ({ figure: figure ?? -1, name: `epoch-000${index + 1}` }))
      .filter(({ name }) => name !== best && name !== "epoch-0008")
      .sort((one, other) => other.figure - one.figure || (one.name < other.name ? 1 : -1));
    const [first, second] = ranked;
    assert.ok(first && second && kept.includes(first.name) && kept.includes(second.name), `${names}: ${figures}`);
    // Beside the two, only the one before last may be there.
    assert.ok(kept.length <= 3, String(names));
    assert.match(resumed.stdout, /\n {2}saved {7}.*checkpoints\/epoch-000\d \(kept\)/);

    const { status, stdout, stderr } = await headlight(["evaluate", directory, "--checkpoint", first.name, "--json"]);
    assert.equal(status, 0, stderr);
    assert.equal(evaluationSchema.parse(JSON.parse(stdout)).accuracy, first.figure);
  });
});

Deno.test("a resumed run may keep more or fewer from then on, which is no change of what it trains", async () => {
  await withTemporaryFolder(async (runs) => {
    const run = new JsonRun(["train", ...SMALL_RUN, ...RESTLESS, "--epochs", "4", "--keep", "3", "--runs", runs]);
    assert.equal(await run.status(), 0, run.stderr);
    const directory = await run.directory();
    const resumed = await headlight(["train", "--resume", directory, "--epochs", "6", "--keep", "0", "--plain"]);
    assert.equal(resumed.status, 0, resumed.stderr);
    assert.ok(checkpointNames(join(directory, "checkpoints")).length <= 3);
    const { changes, options, notices } = readRunConfig(join(directory, "config.json"));
    assert.deepEqual(changes?.map(({ name, from, to }) => [name, from, to]), [["epochs", 4, 6]]);
    assert.equal(options.keep, 0);
    assert.ok(!notices.some((notice) => notice.includes("keep")));
  });
});
