/** `evaluate --model`: a whole Keras model judged like a run. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { crossEntropy } from "../../src/results/evaluate_model.ts";
import { evaluationSchema } from "../../src/results/evaluation_json.ts";
import { namelessClasses } from "../../src/results/labelled_for_model.ts";
import { HeadlightError } from "../../src/errors.ts";
import { tensorflowEngine } from "../engine.ts";
import { EXPECTED, kerasFile } from "../model/keras_files.ts";
import { image } from "../data/images/made_images.ts";
import { headlight } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { writeKerasImages } from "./keras_images.ts";

await tensorflowEngine();

const MIXED = EXPECTED.mixed.output;

/** Makes a model, the classes with their images, and passes on the flags that name both. */
function withModel(
  images: Readonly<Record<string, readonly number[]>>,
  body: (place: { folder: string; model: string; data: string; flags: readonly string[] }) => Promise<void>,
): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    const written = await writeKerasImages(folder);
    const model = join(folder, "ours.keras");
    Deno.copyFileSync(kerasFile("mixed.keras"), model);
    const data = join(folder, "animals");
    for (const [name, indices] of Object.entries(images)) {
      Deno.mkdirSync(join(data, name), { recursive: true });
      for (const index of indices) {
        const path = written[index] ?? "";
        Deno.copyFileSync(path, join(data, name, basename(path)));
      }
    }
    await body({ folder, model, data, flags: ["--model", model, "--data", data] });
  });
}

async function evaluation(...flags: string[]) {
  const { status, stdout, stderr } = await headlight(["evaluate", ...flags, "--json"]);
  assert.equal(status, 0, stderr);
  return { found: evaluationSchema.parse(JSON.parse(stdout)), stderr };
}

/** The mean cross-entropy of Keras's own probabilities for these labels. */
const kerasLoss = (labels: readonly number[]) =>
  labels.reduce((sum, label, image) => sum - Math.log(MIXED[image * 3 + label] ?? NaN), 0) / labels.length;

Deno.test("evaluate --model matches classes by name, and gives the loss and the counts of Keras's own outputs", () =>
  withModel({ ant: [1], cat: [0] }, async ({ folder, model, flags }) => {
    Deno.writeTextFileSync(join(folder, "classes.txt"), "cat\nfox\nant\n");
    const { found, stderr } = await evaluation(...flags);
    assert.equal(stderr, `headlight: The classes are named by ${join(folder, "classes.txt")}\n`);
    assert.deepEqual([found.run, found.checkpoint, found.epoch, found.model], [null, null, null, model]);
    assert.deepEqual(found.classes.map(({ name, support }) => [name, support]), [["cat", 1], ["fox", 0], ["ant", 1]]);
    // Image 0 is a cat, class 0; image 1 is an ant, class 2.
    const guesses = [0, 1].map((image) => {
      const row = MIXED.slice(image * 3, image * 3 + 3);
      return row.indexOf(Math.max(...row));
    });
    assert.equal(found.correct, Number(guesses[0] === 0) + Number(guesses[1] === 2));
    assert.ok(Math.abs(found.loss - kerasLoss([0, 2])) < 1e-4, `${found.loss}`);
    assert.deepEqual([found.matrix, found.majority, found.seen_in_training], [null, null, null]);
  }));

Deno.test("evaluate --model without names takes those of the folders in alphabetical order and says so, and draws with --out", () =>
  withModel({ ant: [0], bee: [1], cat: [0] }, async ({ folder, flags }) => {
    const { found, stderr } = await evaluation(...flags);
    assert.match(
      stderr,
      /^headlight: Nothing names the classes of \S+ours\.keras, so they are those of \S+animals in alphabetical order: 0 is ant, 1 is bee, 2 is cat\. If that is wrong, name them with --classes FILE, .*classes\.txt\.\n$/,
    );
    assert.deepEqual(found.classes.map(({ name, support }) => [name, support]), [["ant", 1], ["bee", 1], ["cat", 1]]);
    assert.ok(!existsSync(join(folder, "confusion-best.png")));
    const out = join(folder, "matrix.svg");
    const names = join(folder, "names.txt");
    Deno.writeTextFileSync(names, "0 cat\n1 bee\n2 ant\n");
    const { status, stdout, stderr: silent } = await headlight([
      "evaluate",
      ...flags,
      "--classes",
      names,
      ...["--out", out],
    ]);
    assert.deepEqual([status, silent], [0, ""]);
    assert.match(stdout, /^ours\.keras\n3 images: animals\nloss \d\.\d{4} {2}accuracy 0\.\d{4} \(\d of 3\)/);
    assert.match(stdout, /^cat .*\nbee .*\nant /m);
    assert.match(stdout.replaceAll(/\s+/g, " "), /evaluate it on a folder of them: .*evaluate --model FILE --data DIR/);
    assert.ok(stdout.endsWith(`confusion matrix as an image: ${out}\n`));
    assert.match(Deno.readTextFileSync(out), /ours\.keras/);
  }));

Deno.test("evaluate prints what it has computed even if the image with --out cannot be drawn", () =>
  withModel({ ant: [0], bee: [1], cat: [0] }, async ({ folder, flags }) => {
    // The name of the temporary file for it is too long, which only writing it shows.
    const out = join(folder, `${"x".repeat(245)}.svg`);
    const error = /x\.svg cannot be written \([^)]+\)\. Name another file with --out\.\n$/;
    const text = await headlight(["evaluate", ...flags, "--out", out]);
    assert.equal(text.status, 2);
    assert.match(text.stdout, /^loss \d\.\d{4} {2}accuracy 0\.\d{4} \(\d of 3\)/m);
    assert.doesNotMatch(text.stdout, /as an image/);
    assert.match(text.stderr, error);
    const json = await headlight(["evaluate", ...flags, "--json", "--out", out]);
    assert.equal(json.status, 2);
    const { count, matrix } = evaluationSchema.parse(JSON.parse(json.stdout));
    assert.deepEqual([count, matrix], [3, null]);
    assert.match(json.stderr, error);
  }));

Deno.test("a run and its export have the same loss and the same answers on the same images, however sure they are", async () => {
  await withTemporaryFolder(async (folder) => {
    const [data, others, runs] = ["ours", "others", "runs"].map((name) => join(folder, name));
    const write = async (to: string, first: number) => {
      for (const [label, name] of ["ant", "bee"].entries()) {
        Deno.mkdirSync(join(to, name), { recursive: true });
        for (let index = 0; index < 8; index++) {
          const pixels = image(40, 40, first + 2 * index + label).png();
          Deno.writeFileSync(join(to, name, `${first + index}.png`), await pixels.toBuffer());
        }
      }
    };
    await write(data ?? "", 0);
    await write(others ?? "", 100);
    // A learning rate that makes it very sure, also where it is wrong.
    const words = "--base squeezenet11 --weights random --size 64 --learning-rate 1 --epochs 3".split(" ");
    const trained = await headlight(["train", "--data", data ?? "", ...words, "--runs", runs ?? "", "--plain"]);
    assert.equal(trained.status, 0, trained.stderr);
    const out = join(folder, "export");
    const exported = await headlight(["export", "--to", "keras", "--out", out, "--runs", runs ?? ""]);
    assert.equal(exported.status, 0, exported.stderr);
    const { found: run } = await evaluation("--data", others ?? "", "--runs", runs ?? "");
    const { found: model } = await evaluation("--model", join(out, "model.keras"), "--data", others ?? "");
    assert.ok(run.loss > 17, `${run.loss}`);
    assert.ok(Math.abs(run.loss - model.loss) <= 1e-5 * run.loss, `${run.loss} ${model.loss}`);
    assert.deepEqual([model.correct, model.count], [run.correct, run.count]);
  });
});

Deno.test("bad input: evaluate --model refuses what cannot be combined or matched, in one line that says what to do", () =>
  withModel({ ant: [0], bee: [1] }, async ({ folder, model, data, flags }) => {
    const names = join(folder, "names.txt");
    Deno.writeTextFileSync(names, "cat\nfox\nant\n");
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["latest", ...flags], /evaluate takes a run or a model, not both\. Remove latest to evaluate the model, or/],
      [[...flags, "--checkpoint", "best"], /--checkpoint cannot be combined with --model, .* Remove one of them\./],
      [["--model", model], /--model needs --data DIR, the folder of images to evaluate the model on\. Add it\./],
      [["--data", data, "--classes", names], /--classes needs --model FILE\. Remove it, or name a model\./],
      [flags, /animals has 2 classes, but the model \S+ has 3, without names\. Name the model's classes with/],
      [[...flags, "--classes", names], /the model \S+ has no class bee, only cat, fox, ant\. Rename or remove/],
      [[...flags, "--out", "x.jpg"], /--out x\.jpg: unsupported format/],
      [["--model", kerasFile("none.keras"), "--data", data], /none\.keras: no such file\. Check the path\./],
    ];
    for (const [args, says] of cases) {
      const { status, stdout, stderr } = await headlight(["evaluate", ...args]);
      assert.deepEqual([status, stdout], [2, ""], stderr);
      assert.match(stderr, says);
      assert.equal(stderr.split("\n").length, 2, stderr);
    }
  }));

Deno.test("a model without names takes the folders' names by order, but numbers by number", () => {
  const model = { path: "/m/a.keras", classes: ["0", "1", "2"] };
  const of = (names: readonly string[], arrays = false) => namelessClasses(model, names, arrays, "animals");
  assert.deepEqual(of(["2", "0"]), { labels: [2, 0], classes: model.classes, remark: null });
  assert.deepEqual(of(["00", "02"]), { labels: [0, 2], classes: model.classes, remark: null });
  const { labels, classes, remark } = of(["ant", "bee", "cat"]);
  assert.deepEqual([labels, classes], [[0, 1, 2], ["ant", "bee", "cat"]]);
  assert.match(remark ?? "", /in alphabetical order: 0 is ant, .* or in \/m\/classes\.txt\.$/);
  assert.match(of(["dog", "ant", "bee"], true).remark ?? "", /in the order of its classes\.txt: 0 is dog/);
  assert.throws(() => of(["ant", "bee"]), HeadlightError);
  assert.throws(() => of(["1", "3"]), HeadlightError);
});

Deno.test("the loss is Keras's of logits: the mean negative logarithm of the true class, without a limit", () => {
  const logits = Float32Array.of(Math.log(1), Math.log(3), 5, 5);
  assert.ok(Math.abs(crossEntropy(logits, Int32Array.of(1, 0)) - 0.4904146) < 1e-6);
  // model.evaluate of Keras 3.15.1 for a model that ends with a softmax: 40, and not the 16.1 of limited probabilities.
  assert.equal(crossEntropy(Float32Array.of(40, 0), Int32Array.of(1)), 40);
  assert.ok(crossEntropy(Float32Array.of(40, 0), Int32Array.of(0)) < 1e-17);
});
