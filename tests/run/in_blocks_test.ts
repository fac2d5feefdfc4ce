/** Runs that shuffle their images in blocks (`--shuffle-together`), with the real command line. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { killTrainer, resultOf, trainedUntilKilled, trainedWhole } from "../commands/resumed.ts";
import { tensorflowEngine } from "../engine.ts";
import { headlight, JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { runPasted } from "./pasted.ts";
import { SMALL_RUN } from "./small_run.ts";

await tensorflowEngine();

/** Of 878 images, 96 are shuffled with each other. */
const IN_BLOCKS = [...SMALL_RUN, "--shuffle-together", "96"] as const;
const NOTICE = /notice\s+Each epoch takes blocks of 32 images in random order and shuffles 96 images at a time/;

function historyOf(run: string): string {
  return Deno.readTextFileSync(join(run, "history.csv"));
}

const configOf = (run: string) => readRunConfig(join(run, "config.json"));

Deno.test("the command of a run in blocks repeats every figure, and in Keras's order the same features give others", async () => {
  await withTemporaryFolder(async (folder) => {
    const [runs, others] = [join(folder, "runs"), join(folder, "others")];
    const { status, stdout, stderr } = await headlight(["train", ...IN_BLOCKS, "--epochs", "2", "--runs", runs]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, NOTICE);
    const one = listRuns(runs)[0]?.path ?? "";
    const command = configOf(one).repeat ?? "";
    assert.match(command, / --shuffle-together 96 /);
    await runPasted(command);
    const again = listRuns(runs).map(({ path }) => path).find((path) => path !== one) ?? "";
    assert.equal(historyOf(again), historyOf(one));
    assert.equal(configOf(again).repeat, command);

    const keras = await trainedWhole([...SMALL_RUN, "--epochs", "2"], others);
    assert.equal(configOf(keras).features?.sha256, configOf(one).features?.sha256);
    assert.notEqual(historyOf(keras), historyOf(one));
    assert.doesNotMatch(configOf(keras).repeat ?? "", /--shuffle-together/);
    // As many as there are is the same order as all of them.
    const all = await trainedWhole([...SMALL_RUN, "--epochs", "2", "--shuffle-together", "896"], join(folder, "all"));
    assert.equal(historyOf(all), historyOf(keras));
  });
});

Deno.test("killed in an epoch and resumed twice, a run in blocks ends with the same bits as one that never was", async () => {
  await withTemporaryFolder(async (folder) => {
    // Slow enough to be killed in training: an epoch has 220 batches.
    const args = [...IN_BLOCKS, "--batch", "4", "--epochs", "6", "--patience", "9"];
    const whole = await trainedWhole(args, join(folder, "one"));
    const runs = join(folder, "two");
    const inEpoch = (number: number) => (run: JsonRun) => run.until("epoch", ({ epoch }) => epoch === number);
    const killed = await trainedUntilKilled(["train", ...args], runs, inEpoch(1));
    const again = new JsonRun(["train", "--resume", "--runs", runs]);
    await inEpoch(3)(again);
    await killTrainer(killed);
    await again.status();
    const { status, stdout, stderr } = await headlight(["train", "--resume", "--runs", runs]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, NOTICE);
    assert.deepEqual(resultOf(killed), resultOf(whole));
  });
});

Deno.test("--resume takes another --shuffle-together only if --allow-change names it, and the run says so from then on", async () => {
  await withTemporaryFolder(async (runs) => {
    const run = await trainedWhole([...IN_BLOCKS, "--epochs", "1"], runs);
    const before = historyOf(run);
    const other = ["train", "--resume", run, "--epochs", "2", "--shuffle-together", "all"];
    const refused = await headlight(other);
    assert.deepEqual([refused.status, historyOf(run)], [2, before]);
    assert.match(
      refused.stderr,
      /because --shuffle-together changed from 96 to all\. Use --shuffle-together 96, or .* --allow-change shuffle-together\.\n$/,
    );
    const { status, stdout, stderr } = await headlight([...other, "--allow-change", "shuffle-together"]);
    assert.equal(status, 0, stderr);
    assert.match(
      stdout,
      /notice\s+shuffle together changed from 96 to all at epoch 2, so its weights are not those of an/,
    );
    assert.doesNotMatch(stdout, NOTICE);
    assert.equal(configOf(run).repeat, null, "no single command repeats it");
  });
});

Deno.test("a run in Keras's order goes on with --shuffle-together all, which is no change", async () => {
  await withTemporaryFolder(async (runs) => {
    const run = await trainedWhole([...SMALL_RUN, "--epochs", "1"], runs);
    const more = ["train", "--resume", run, "--epochs", "2", "--shuffle-together"];
    const { status, stderr } = await headlight([...more, "all"]);
    assert.equal(status, 0, stderr);
    assert.deepEqual(configOf(run).changes?.map(({ name }) => name), ["epochs"]);
    const refused = await headlight([...more, "96"]);
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /--shuffle-together changed from all to 96\. /);
  });
});
