import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "../../src/model/layers.ts";
import { renderSummary } from "../../src/model/summary.ts";
import { wholeModel } from "../../src/model/whole.ts";
import { readCheckpoint, readNetwork } from "../../src/run/checkpoints/read_checkpoint.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { tensorflowEngine } from "../engine.ts";
import { descendants } from "../../src/run/system/process_tree.ts";
import { emptyFeatureCache, headlight, JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { ENDLESS, SMALL_RUN } from "./small_run.ts";

// Sets up the engine beforehand, so that the runs do not include it.
await tensorflowEngine();

Deno.test("a run reports prepare, run, extract, train and end, numbered without gaps, and stores everything on disk", async () => {
  await withTemporaryFolder(async (runs) => {
    const run = new JsonRun([
      "train",
      ...SMALL_RUN,
      "--epochs",
      "3",
      "--restore-best",
      "--name",
      "small",
      "--runs",
      runs,
    ]);
    assert.equal(await run.status(), 0, run.stderr);
    assert.deepEqual(run.events.map(({ seq }) => seq), run.events.map((_, index) => index + 1));
    const milestones = run.events.filter(({ type }) => ["run", "phase", "epoch", "end"].includes(type))
      .map((event) => event.type === "phase" ? event.name : event.type);
    assert.deepEqual(milestones, ["prepare", "run", "extract", "train", "epoch", "epoch", "epoch", "end"]);

    const [said] = run.all("run");
    const [end] = run.all("end");
    assert.ok(said && end);
    assert.equal(end.reason, "completed");
    assert.equal(end.run, said.id);
    assert.equal(said.name, "small");
    assert.equal(end.last?.epoch, 3);
    const best = run.all("epoch").toSorted((one, other) => (other.val_accuracy ?? 0) - (one.val_accuracy ?? 0))[0];
    assert.equal(end.best?.val_accuracy, best?.val_accuracy);
    const { total, prepare, extract, train } = end.seconds;
    assert.ok(Math.abs(total - prepare - extract - train) < 1e-9 && Math.min(prepare, extract, train) > 0);

    const log = readFileSync(join(said.directory, "events.jsonl"), "utf8").trimEnd().split("\n");
    assert.deepEqual(log.map((line) => JSON.parse(line)), run.events);
    const config = readRunConfig(join(said.directory, "config.json"));
    assert.deepEqual([config.options.epochs, config.resolved?.data_name, config.resolved?.weights.kind], [
      3,
      "demo",
      "random",
    ]);
    const history = readFileSync(join(said.directory, "history.csv"), "utf8").trimEnd().split("\n");
    assert.equal(history[0], "epoch,loss,accuracy,val_loss,val_accuracy");
    assert.equal(history.length, 4);
    const model = { ...config.options, base: "squeezenet11" as const, classes: 10, inputHeight: 64, inputWidth: 64 };
    assert.equal(
      readFileSync(join(said.directory, "summary.txt"), "utf8"),
      renderSummary(describe(wholeModel(model))) + "\n",
    );
    const best_ = readCheckpoint(join(said.directory, "checkpoints", "best"));
    assert.equal(best_.manifest.epoch, end.best?.epoch);
    assert.equal(readCheckpoint(join(said.directory, "checkpoints", "last")).manifest.epoch, 3);
    const final = readNetwork(join(said.directory, "final"));
    assert.deepEqual(final.weights, best_.snapshot.weights);
    assert.deepEqual([final.manifest.epoch, final.manifest.step], [end.best?.epoch, 0]);
    assert.ok(existsSync(join(said.directory, "trainer.log")));
  });
});

Deno.test("two runs with the same seed report identical figures, even if the extractor is killed; another seed does not", async () => {
  const figures = async (seed: string, killExtractor: boolean) =>
    await withTemporaryFolder(async (folder) => {
      const run = new JsonRun(
        ["train", ...SMALL_RUN, "--epochs", "4", "--seed", seed, "--runs", join(folder, "runs")],
        { env: emptyFeatureCache(folder) },
      );
      if (killExtractor) {
        await run.until("progress", ({ phase, done }) => phase === "extract" && done > 100);
        const trainer = JSON.parse(Deno.readTextFileSync(join(await run.directory(), "lock"))).pid;
        const [extractor] = descendants(trainer);
        assert.ok(extractor, "no extractor to kill");
        Deno.kill(extractor, "SIGKILL");
      }
      assert.equal(await run.status(), 0, run.stderr);
      assert.equal(run.all("end")[0]?.reason, "completed");
      return run.all("epoch").map((
        { loss, accuracy, val_loss, val_accuracy },
      ) => [loss, accuracy, val_loss, val_accuracy]);
    });
  const whole = await figures("5", false);
  assert.equal(whole.length, 4);
  assert.deepEqual(await figures("5", true), whole);
  assert.notDeepEqual(await figures("6", false), whole);
});

Deno.test("--plain without a terminal prints one line of text per epoch and no escape sequence", async () => {
  await withTemporaryFolder(async (runs) => {
    const { status, stdout } = await headlight(["train", ...SMALL_RUN, "--epochs", "2", "--runs", runs]);
    assert.equal(status, 0);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(stdout, /\x1b/);
    assert.equal(stdout.match(/^epoch .*val_accuracy/gm)?.length, 2, stdout);
    assert.match(stdout, /demo/);
    assert.match(stdout, /random/i);
  });
});

Deno.test("a requested checkpoint is written and loads with tf.loadLayersModel, and stop names the best monitored figure", async () => {
  const { tf } = await tensorflowEngine();
  await withTemporaryFolder(async (runs) => {
    const run = new JsonRun(["train", ...SMALL_RUN, ...ENDLESS, "--monitor", "loss", "--runs", runs]);
    await run.until("epoch");
    const { status, stdout, stderr } = await headlight(["checkpoint", "--runs", runs]);
    assert.equal(status, 0, stderr);
    const before = tf.memory().numTensors;
    const model = await tf.loadLayersModel(`file://${join(stdout.trim(), "model.json")}`);
    assert.deepEqual(model.layers.map(({ name }) => name), ["batch_normalization", "dense", "dropout", "dense_1"]);
    model.dispose();
    assert.equal(tf.memory().numTensors, before);
    const stopped = await headlight(["stop", "--runs", runs]);
    assert.equal(stopped.status, 0, stopped.stderr);
    assert.match(stopped.stdout, /: stopped after \d+ epochs, best loss \d+\.\d{3} in epoch \d+; /);
    assert.equal(await run.status(), 0);
    assert.ok(existsSync(stdout.trim()), "a checkpoint that was asked for is kept");
  });
});
