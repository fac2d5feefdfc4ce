/** Runs `evaluate` and `predict` from the command line on a run of image files. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { allRows } from "../features/made_rows.ts";
import { FeatureAssembly } from "../../src/features/assembly.ts";
import { features } from "../../src/features/extraction.ts";
import { evaluationSchema } from "../../src/results/evaluation_json.ts";
import { openLabelled } from "../../src/results/labelled_images.ts";
import { openTrainedRun } from "../../src/results/trained_run.ts";
import { runDirectory } from "../../src/run/folder/directory.ts";
import { baseOf } from "../../src/run/folder/run_config.ts";
import { planExtraction } from "../../src/run/plan.ts";
import { tensorflowEngine } from "../engine.ts";
import { writeSet } from "../data/arrays/made_npy.ts";
import type { NpyArray } from "../npy.ts";
import { headlight } from "../process.ts";
import { type ImageRun, withImageRun } from "./image_run.ts";

const { tf } = await tensorflowEngine();

const predictionSchema = z.object({
  path: z.string(),
  predictions: z.array(z.object({ class: z.string(), probability: z.number() })),
});

async function evaluation({ directory, env }: ImageRun, ...flags: string[]) {
  const { status, stdout, stderr } = await headlight(["evaluate", directory, "--json", ...flags], { env });
  assert.equal(status, 0, stderr);
  const foreign = stderr.split("\n").filter((line) => line !== "" && !line.startsWith("headlight: "));
  assert.deepEqual(foreign, [], "native code may not print");
  return evaluationSchema.parse(JSON.parse(stdout));
}

/** Returns the checkpoint's probabilities in plain tfjs for the whole validation set, from the cached features. */
async function recomputed({ directory, env }: ImageRun): Promise<number[][]> {
  const trained = openTrainedRun(runDirectory(directory), "best");
  const { source, dataset } = await openLabelled(trained, undefined);
  const plan = planExtraction({
    ...trained.resolved,
    base: baseOf(trained.options, trained.resolved),
    source,
    dataset,
  }, trained.options);
  const assembly = new FeatureAssembly(dataset);
  const cacheRoot = join(env["XDG_CACHE_HOME"] ?? "", "headlight");
  for await (const batch of features({ ...plan, cacheRoot, parts: ["validation"] })) {
    assert.ok(batch.cached, "evaluate and this are to use the run's own features");
    assembly.add(batch);
  }
  const set = await assembly.finishPart("validation");
  const model = await tf.loadLayersModel(`file://${join(directory, "checkpoints", "best", "model.json")}`);
  const rows = tf.tidy(() => {
    const logits = model.predict(tf.tensor2d(allRows(set.rows), [set.rows.count, set.rows.width]));
    assert.ok(!Array.isArray(logits));
    return tf.softmax(logits).arraySync();
  });
  model.dispose();
  dataset.close();
  return rows as number[][];
}

Deno.test("evaluate agrees with the run's history in every count, and with predict and plain tfjs to 1e-5", async () => {
  await withImageRun([], async (run) => {
    const before = tf.memory().numTensors;
    for (const [checkpoint, epoch] of [["best", run.run.all("end")[0]?.best?.epoch], ["last", 3]] as const) {
      const found = await evaluation(run, "--checkpoint", checkpoint);
      const said = run.run.all("epoch").find((event) => event.epoch === epoch);
      assert.equal(found.epoch, epoch);
      assert.equal(found.accuracy, said?.val_accuracy);
      assert.equal(found.loss, said?.val_loss);
      assert.equal(found.correct, found.confusion.reduce((sum, row, label) => sum + (row[label] ?? 0), 0));
    }

    const found = await evaluation(run);
    const expected = await recomputed(run);
    assert.equal(tf.memory().numTensors, before);
    const validation = join(run.data, "val");
    const asked = await headlight(["predict", run.directory, validation, "--top", "3", "--json"], { env: run.env });
    assert.equal(asked.status, 0, asked.stderr);
    const predictions = asked.stdout.trim().split("\n").map((line) => predictionSchema.parse(JSON.parse(line)));
    assert.equal(predictions.length, 18);
    let right = 0;
    for (const [row, { path, predictions: guesses }] of predictions.entries()) {
      const [first] = guesses;
      const actual = path.split("/").at(-2);
      if (first?.class === actual) right++;
      for (const { class: name, probability } of guesses) {
        const label = ["green", "red", "very blue"].indexOf(name);
        assert.ok(Math.abs(probability - (expected[row]?.[label] ?? NaN)) < 1e-5, `${path}: ${name} ${probability}`);
      }
      const mistake = found.mistakes.find(({ picture }) => path.endsWith(picture));
      assert.equal(mistake === undefined, first?.class === actual, path);
      if (mistake) assert.ok(Math.abs(mistake.probability - (first?.probability ?? 0)) < 1e-5);
    }
    assert.equal(right, found.correct);
  });
});

Deno.test("evaluate on another folder matches classes by name, and uses the whole folder if it has no parts", async () => {
  await withImageRun([], async (run) => {
    const own = await evaluation(run);
    const alone = await evaluation(run, "--data", join(run.data, "val"));
    assert.deepEqual([alone.count, alone.correct, alone.loss], [own.count, own.correct, own.loss]);
    assert.equal(alone.pictures, "val");
    Deno.renameSync(join(run.data, "val", "green"), join(run.data, "val", "yellow"));
    const { status, stderr } = await headlight(
      ["evaluate", run.directory, "--data", join(run.data, "val")],
      { env: run.env },
    );
    assert.equal(status, 2);
    assert.match(stderr, /has no class yellow, only green, red, very blue\. Rename or remove that class\.\n$/);
    Deno.removeSync(join(run.data, "val", "yellow"), { recursive: true });
    const fewer = await evaluation(run, "--data", join(run.data, "val"));
    assert.deepEqual(fewer.classes.map(({ support }) => support), [0, 6, 6]);
  });
});

Deno.test("evaluate uses the validation part of another folder as it is, whatever classes its training part has", async () => {
  await withImageRun([], async (run) => {
    const own = await evaluation(run);
    const other = join(run.data, "..", "other");
    for (const place of ["train/green", "train/red", "val/green", "val/very blue"]) {
      Deno.mkdirSync(join(other, place), { recursive: true });
      for (const { name } of Deno.readDirSync(join(run.data, place))) {
        Deno.copyFileSync(join(run.data, place, name), join(other, place, name));
      }
    }
    const found = await evaluation(run, "--data", other);
    assert.deepEqual(found.classes.map(({ support }) => support), [6, 0, 6]);
    for (const label of [0, 2]) assert.deepEqual(found.confusion[label], own.confusion[label]);
    assert.equal(found.pictures, "the validation set of other");
  });
});

Deno.test("evaluate says which numbers stand for which classes, and matches by name if classes.txt has names", async () => {
  await withImageRun([], async (run) => {
    const arrays = join(run.data, "..", "arrays");
    Deno.mkdirSync(arrays);
    const images = { dtype: "uint8", shape: [6, 64, 64, 3], data: new Uint8Array(6 * 64 * 64 * 3).fill(99) } as const;
    const labels = { dtype: "int32", shape: [6], data: Int32Array.of(0, 0, 0, 1, 1, 2) } as const;
    writeSet(arrays, { train_images: images, train_labels: labels, test_images: images, test_labels: labels });
    const evaluate = () => headlight(["evaluate", run.directory, "--data", arrays, "--json"], { env: run.env });
    const supports = ({ stdout }: { stdout: string }) =>
      evaluationSchema.parse(JSON.parse(stdout)).classes.map(({ support }) => support);

    const numbered = await evaluate();
    assert.deepEqual(supports(numbered), [3, 2, 1]);
    const said = `headlight: ${arrays}: the class names differ from the run's, so classes are matched by position: ` +
      `0 is green, 1 is red, 2 is very blue. If that is wrong, write the names into ${arrays}/classes.txt.\n`;
    assert.ok(numbered.stderr.includes(said), numbered.stderr);

    Deno.writeTextFileSync(join(arrays, "classes.txt"), "0 very blue\n1 green\n2 red\n");
    const named = await evaluate();
    assert.deepEqual(supports(named), [2, 1, 3]);
    assert.ok(!named.stderr.includes("by position"), named.stderr);
  });
});

Deno.test("a validation class whose folder was deleted after the run is reported, and the others still match by name", async () => {
  await withImageRun([], async (run) => {
    const own = await evaluation(run);
    Deno.renameSync(join(run.data, "val", "green"), join(run.data, "gone"));
    const fewer = await evaluation(run);
    assert.equal(fewer.gone?.length, 6);
    assert.deepEqual(fewer.classes.map(({ support }) => support), [0, 6, 6]);
    for (const label of [1, 2]) assert.deepEqual(fewer.confusion[label], own.confusion[label]);
  });
});

Deno.test("evaluate prints the accuracy with its interval, every class, the matrix, and a caveat about other images", async () => {
  await withImageRun(["--restore-best"], async ({ directory, env, data }) => {
    const val = join(data, "val");
    Deno.writeTextFileSync(join(val, "red", "broken.jpg"), "");
    const { status, stdout } = await headlight(["evaluate", directory, "--checkpoint", "final", "--data", val], {
      env,
    });
    assert.equal(status, 0);
    assert.match(stdout, /checkpoint final \(epoch \d\)\n18 images: val/);
    assert.match(stdout, /accuracy 0\.\d{4} \(\d+ of 18\), 95 % interval 0\.\d{3} to [01]\.\d{3}/);
    assert.match(stdout, /1 image cannot be decoded and is left out: red\/broken\.jpg/);
    for (const name of ["green", "red", "very blue"]) {
      assert.match(stdout, new RegExp(`^${name} +(?:–|0\\.\\d{3}|1\\.000)`, "m"));
    }
    assert.match(stdout, /^true \\ predicted/m);
    assert.match(stdout.replaceAll("\n", " "), /Before you use the model on others, evaluate it on a folder of them/);
    const long = stdout.split("\n").filter((line) => line.length > 80);
    // The path must be a single word.
    assert.deepEqual(long.filter((line) => !line.startsWith("confusion matrix as an image: /")), []);
    assert.ok(Deno.statSync(join(directory, "confusion-final.png")).size > 5000);
  });
});

Deno.test("predict reads files, folders and a list, names an unreadable image and continues, status 1", async () => {
  await withImageRun([], async ({ directory, env, data }) => {
    const red = join(data, "val", "red");
    const odd = join(data, "\x1b[31modd\n.jpg");
    Deno.writeTextFileSync(odd, "not an image");
    const mixed = await headlight(["predict", directory, join(red, "14.jpg"), odd, "nowhere.jpg", red, "--top", "1"], {
      env,
    });
    assert.equal(mixed.status, 1);
    assert.equal(mixed.stdout.trim().split("\n").length, 1 + 6);
    assert.match(mixed.stdout, /^\S+14\.jpg {2}(?:green|red|very blue) [01]\.\d{3}$/m);
    assert.match(mixed.stderr, /odd \.jpg: it is not a JPEG/);
    assert.match(mixed.stderr, /nowhere\.jpg: it cannot be read/);
    // deno-lint-ignore no-control-regex -- escape sequences are intended here.
    assert.doesNotMatch(mixed.stderr + mixed.stdout, /\x1b/);
    const json = await headlight(["predict", directory, odd, "--json"], { env });
    assert.equal(json.status, 1);
    assert.equal(JSON.parse(json.stdout).path, odd);
    const nothing = await headlight(["predict", directory], { env });
    assert.equal(nothing.status, 2);
    assert.match(nothing.stderr, /No images to predict/);
  });
});

Deno.test("predict names a loop of links, a name too long and a file used as a folder and continues, status 1", async () => {
  await withImageRun([], async ({ directory, env, data }) => {
    const red = join(data, "val", "red");
    const good = join(red, "14.jpg");
    const loop = join(data, "round");
    Deno.symlinkSync("round", loop);
    Deno.writeTextFileSync(join(red, "notes.txt"), "");
    Deno.symlinkSync("/nowhere/x.jpg", join(red, "x.jpg"));
    const odd = [loop, join(data, `${"x".repeat(300)}.jpg`), join(good, "y.jpg")];
    const { status, stdout, stderr } = await headlight(["predict", directory, ...odd, red, good, "--json"], { env });
    assert.equal(status, 1);
    const answers = stdout.trim().split("\n").map((line) => JSON.parse(line));
    const refused = answers.filter((answer) => "error" in answer).map(({ path, error }) => [path, error]);
    assert.deepEqual(refused, [
      [join(red, "x.jpg"), "broken symbolic link"],
      [odd[0], "it cannot be read (Too many levels of symbolic links)"],
      [odd[1], "it cannot be read (File name too long)"],
      [odd[2], "it cannot be read (Not a directory)"],
    ]);
    assert.equal(answers.length, refused.length + 6 + 1);
    assert.equal(
      stderr,
      `headlight: ${red}: 1 file is left out and is not an image (.txt: 1): ${join(red, "notes.txt")}\n`,
    );
  });
});

Deno.test("bad input: a missing checkpoint is reported in one line with the existing ones, exit status 2", async () => {
  await withImageRun([], async ({ directory, env }) => {
    for (const name of ["epoch-9999", "../best"]) {
      const { status, stderr } = await headlight(["evaluate", directory, "--checkpoint", name], { env });
      assert.equal(status, 2);
      assert.match(stderr, /has no checkpoint .*\. It has best, last, epoch-.*\n$/);
    }
    const { stderr } = await headlight(["evaluate", directory, "--checkpoint", "bestt"], { env });
    assert.match(stderr, /has no checkpoint bestt, did you mean --checkpoint best\? It has best, last, epoch-.*\n$/);
  });
});

Deno.test("bad input: evaluate refuses arrays that were already scaled, as train does", async () => {
  await withImageRun([], async ({ directory, env, data }) => {
    const folder = join(data, "..", "arrays");
    Deno.mkdirSync(folder);
    const images = (count: number): NpyArray => ({
      dtype: "float32",
      shape: [count, 2, 2, 3],
      data: Float32Array.from({ length: count * 12 }, (_, index) => (index % 256) / 255),
    });
    const labels = (count: number): NpyArray => ({
      dtype: "int32",
      shape: [count],
      data: Int32Array.from({ length: count }, (_, index) => index % 3),
    });
    const arrays = { train_images: images(6), train_labels: labels(6), test_images: images(3), test_labels: labels(3) };
    writeSet(folder, arrays);
    Deno.writeTextFileSync(join(folder, "classes.txt"), "0 green\n1 red\n2 very blue\n");
    const { status, stderr } = await headlight(["evaluate", directory, "--data", folder], { env });
    assert.equal(status, 2);
    assert.match(stderr, /^headlight: arrays: the training images are floats from 0 to [^\n]* like 0 to 1 [^\n]*\n$/);
  });
});
