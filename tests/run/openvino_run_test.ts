/** Whole runs with `--engine openvino`, from the command line. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { openvinoEngine } from "../engine.ts";
import { KERAS_ACCURACIES } from "../photographs.ts";
import { emptyFeatureCache, headlight, JsonRun } from "../process.ts";
import { shared, sharedTest, withTemporaryFolder } from "../support.ts";
import { MOBILENET_PLACE, SQUEEZENET_PLACE } from "../test_data/sources.ts";
import { SMALL_RUN } from "./small_run.ts";

const { version } = await openvinoEngine();

/** Runs a command and asserts that it succeeds. */
async function succeeds(args: readonly string[], env: Record<string, string>): Promise<string> {
  const { status, stdout, stderr } = await headlight(args, { env });
  assert.equal(status, 0, stderr);
  return stdout;
}

Deno.test("OpenVINO computes the features, TensorFlow trains the head, and evaluate, predict and resume use both", () =>
  withTemporaryFolder(async (folder) => {
    const env = emptyFeatureCache(folder);
    const start = async (...more: string[]) => {
      const run = new JsonRun(["train", ...more, "--runs", join(folder, "runs")], { env });
      assert.equal(await run.status(), 0, run.stderr);
      return run;
    };
    const whole = await start(...SMALL_RUN, "--engine", "openvino", "--epochs", "4");
    const [said] = whole.all("run");
    assert.deepEqual(said?.engine, { kind: "openvino", version, device: "cpu", why: "named with --engine" });
    const { resolved } = readRunConfig(join(said.directory, "config.json"));
    assert.equal(resolved?.engine.trainer?.kind, "tensorflow");
    assert.ok((whole.all("end")[0]?.best?.val_accuracy ?? 0) > 0.2, "a random guess has 0.1");

    const half = await start(...SMALL_RUN, "--engine", "openvino", "--epochs", "2");
    const { directory } = half.all("end")[0] ?? assert.fail();
    await start("--resume", directory, "--epochs", "4");
    const history = (path: string) => Deno.readTextFileSync(join(path, "history.csv"));
    assert.equal(history(directory), history(said.directory));

    // Cached features are found again, but not by another engine.
    const cached = async (engine: string) => {
      const run = await start(...SMALL_RUN, "--engine", engine, "--epochs", "1");
      return run.all("progress").filter(({ phase }) => phase === "extract").at(-1)?.cached ?? 0;
    };
    assert.equal(await cached("openvino"), said.dataset.train + said.dataset.validation);
    assert.equal(await cached("tensorflow"), 0);

    const best = whole.all("end")[0]?.best;
    const evaluation = JSON.parse(await succeeds(["evaluate", said.directory, "--json"], env));
    assert.equal(evaluation.accuracy, best?.val_accuracy);
    assert.match(await succeeds(["summary", said.directory], env), new RegExp(`^ *engine +openvino ${version} `, "m"));
  }));

Deno.test("a network from scratch has no base for OpenVINO to compute, which is refused with the engine to use", async () => {
  const { status, stderr } = await headlight([
    "train",
    "--data",
    "demo",
    "--base",
    "lesson-cnn",
    "--engine",
    "openvino",
  ]);
  assert.equal(status, 2);
  assert.match(stderr, /--engine openvino lacks it\. Use --engine tensorflow/);
});

const SEEDS = [1, 2, 3, 4, 5];
for (
  const [base, place, keras, tolerance] of [
    ["squeezenet11", SQUEEZENET_PLACE, KERAS_ACCURACIES.squeezenet11.caffe, 0.02],
    ["mobilenet_v2", MOBILENET_PLACE, 0.889, 0.02],
  ] as const
) {
  Deno.test(sharedTest(
    `on OpenVINO the mean best accuracy of ${base} on grocery10 over five seeds is Keras's`,
    () =>
      withTemporaryFolder(async (folder) => {
        const env = emptyFeatureCache(folder);
        const best: number[] = [];
        for (const seed of SEEDS) {
          const run = new JsonRun([
            ...["train", "--data", shared("data", "grocery10"), "--base", base, "--weights", shared(place)],
            ...["--preprocess", "imagenet", "--engine", "openvino", "--seed", String(seed), "--runs", `${folder}/runs`],
          ], { env });
          assert.equal(await run.status(), 0, run.stderr);
          best.push(run.all("end")[0]?.best?.val_accuracy ?? 0);
        }
        const mean = best.reduce((sum, value) => sum + value, 0) / best.length;
        assert.ok(Math.abs(mean - keras) < tolerance, `${best}`);
        assert.ok(existsSync(join(folder, "headlight", "graphs")));
      }),
  ));
}
