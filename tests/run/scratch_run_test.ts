/** Trains networks from scratch from the command line, and uses the runs. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { evaluationSchema } from "../../src/results/evaluation_json.ts";
import { readCheckpoint } from "../../src/run/checkpoints/read_checkpoint.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { image, writeFiles } from "../data/images/made_images.ts";
import { tensorflowEngine } from "../engine.ts";
import { headlight, JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { CLASSES, SIDE } from "../training/made_up_pixels.ts";
import { writeArrays } from "./made_arrays.ts";

await tensorflowEngine();

function trainArgs(data: string, runs: string, ...flags: string[]): string[] {
  return ["train", "--data", data, "--base", "lesson-cnn", "--size", String(SIDE), "--runs", runs, ...flags];
}

async function trained(data: string, runs: string, ...flags: string[]) {
  const run = new JsonRun(trainArgs(data, runs, "--epochs", "3", ...flags));
  assert.equal(await run.status(), 0, run.stderr);
  const [said] = run.all("run");
  assert.ok(said);
  const weights = readFileSync(join(said.directory, "checkpoints", "last", "weights.bin"));
  return { run, directory: said.directory, hash: createHash("sha256").update(weights).digest("hex") };
}

Deno.test("a network from scratch goes from images to checkpoints without a phase of features", async () => {
  await withTemporaryFolder(async (folder) => {
    const { run, directory } = await trained(writeArrays(folder), join(folder, "runs"));
    assert.deepEqual(run.all("phase").map(({ name }) => name), ["prepare", "train"]);
    const [said] = run.all("run");
    assert.deepEqual(
      said?.parameters.rows.map(({ name, type }) => [name, type]),
      [
        ["conv2d", "Conv2D"],
        ["max_pooling2d", "MaxPooling2D"],
        ["dropout", "Dropout"],
        ["conv2d_1", "Conv2D"],
        ["max_pooling2d_1", "MaxPooling2D"],
        ["dropout_1", "Dropout"],
        ["conv2d_2", "Conv2D"],
        ["max_pooling2d_2", "MaxPooling2D"],
        ["dropout_2", "Dropout"],
        ["flatten", "Flatten"],
        ["dense", "Dense"],
        ["dense_1", "Dense"],
      ],
    );
    assert.equal(said?.parameters.trainable, said?.parameters.total);
    const [end] = run.all("end");
    assert.equal(end?.reason, "completed");
    assert.equal(end?.seconds.extract, 0);
    const { resolved, features, options } = readRunConfig(join(directory, "config.json"));
    assert.deepEqual(resolved?.weights, { kind: "scratch", path: "", sha256: "" });
    assert.equal(features, undefined);
    assert.doesNotMatch(end?.repeat ?? "", /--weights|--expect-features/);
    assert.match(end?.repeat ?? "", /--base lesson-cnn /);
    assert.deepEqual([options.base, options.size], ["lesson-cnn", SIDE]);
    assert.equal(readCheckpoint(join(directory, "checkpoints", "last")).manifest.epoch, 3);
  });
});

Deno.test("a network from scratch has the same bits from the same seed, and other ones from another", async () => {
  await withTemporaryFolder(async (folder) => {
    const data = writeArrays(folder);
    const runs = join(folder, "runs");
    const one = await trained(data, runs, "--seed", "5");
    assert.equal((await trained(data, runs, "--seed", "5")).hash, one.hash);
    assert.notEqual((await trained(data, runs, "--seed", "6")).hash, one.hash);
  });
});

Deno.test("evaluate gives the figures of the run's own history, and predict names classes of an image", async () => {
  await withTemporaryFolder(async (folder) => {
    const { run, directory } = await trained(writeArrays(folder), join(folder, "runs"));
    const { status, stdout, stderr } = await headlight(["evaluate", directory, "--checkpoint", "last", "--json"]);
    assert.equal(status, 0, stderr);
    const found = evaluationSchema.parse(JSON.parse(stdout));
    const last = run.all("epoch").at(-1);
    assert.equal(found.accuracy, last?.val_accuracy);
    assert.ok(Math.abs(found.loss - (last?.val_loss ?? NaN)) < 1e-6, `${found.loss}, ${last?.val_loss}`);
    const file = join(folder, "an image.png");
    Deno.writeFileSync(file, new Uint8Array(await image(90, 70).png().toBuffer()));
    const predicted = await headlight(["predict", directory, file, "--top", String(CLASSES), "--json"]);
    assert.equal(predicted.status, 0, predicted.stderr);
    const { predictions: guesses } = JSON.parse(predicted.stdout);
    const sum = guesses.reduce((sum: number, { probability }: { probability: number }) => sum + probability, 0);
    assert.equal(guesses.length, CLASSES);
    assert.ok(Math.abs(sum - 1) < 1e-5, String(sum));
  });
});

Deno.test("a folder of images is trained on from scratch; a broken image is named and left out", async () => {
  await withTemporaryFolder(async (folder) => {
    const data = join(folder, "folder");
    const files: Record<string, Uint8Array> = {};
    for (const name of ["a", "b"]) {
      for (let index = 0; index < 8; index++) {
        files[`${name}/${index}.jpg`] = new Uint8Array(await image(40 + index, 30).jpeg().toBuffer());
      }
    }
    files["a/broken.jpg"] = (files["a/0.jpg"] ?? new Uint8Array()).subarray(0, 150);
    writeFiles(data, files);
    const { run, directory } = await trained(data, join(folder, "runs"));
    assert.equal(run.all("run")[0]?.model.preprocess, "scale");
    assert.ok(run.all("log").some(({ text }) => text.includes("a/broken.jpg")));
    const [classes] = run.all("classes");
    assert.equal(classes?.per_class?.train.concat(classes.per_class.validation).reduce((a, b) => a + b), 16);
    const { status, stderr } = await headlight(["evaluate", directory]);
    assert.equal(status, 0, stderr);
  });
});

Deno.test("a stopped run from scratch is saved and can be evaluated", async () => {
  await withTemporaryFolder(async (folder) => {
    const endless = ["--epochs", "1000000", "--patience", "1000000"];
    const run = new JsonRun(trainArgs(writeArrays(folder), join(folder, "runs"), ...endless));
    await run.until("epoch", ({ epoch }) => epoch === 2);
    const directory = await run.directory();
    assert.equal((await headlight(["stop", directory])).status, 0);
    assert.equal(await run.status(), 0, run.stderr);
    assert.equal(run.all("end")[0]?.reason, "stopped");
    assert.ok(readCheckpoint(join(directory, "checkpoints", "last")).snapshot.epoch >= 2);
  });
});

Deno.test("bad input: on wasm a network from scratch is refused with the reason, and nothing is written", async () => {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const { status, stderr } = await headlight(trainArgs(writeArrays(folder), runs, "--engine", "wasm"));
    assert.equal(status, 2);
    assert.match(
      stderr,
      /--base lesson-cnn needs the gradient of a convolution's filters .*--engine wasm lacks it.* Use --engine tensorflow/,
    );
    assert.ok(!existsSync(runs));
  });
});

Deno.test("where auto ends up with wasm, a network from scratch exits with 2 and the reason", async () => {
  await withTemporaryFolder(async (folder) => {
    // Neither a cached TensorFlow nor a Python to get one with.
    const env = { XDG_CACHE_HOME: join(folder, "cache"), PATH: join(folder, "nothing") };
    const run = new JsonRun(trainArgs(writeArrays(folder), join(folder, "runs")), { env });
    const status = await run.status();
    const [end] = run.all("end");
    assert.equal(status, 2, end?.error ?? run.stderr);
    assert.match(end?.error ?? "", /--base lesson-cnn needs the gradient .*Engine: WebAssembly instead of TensorFlow/);
    assert.equal(end?.repeat, null);
  });
});
