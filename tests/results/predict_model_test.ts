/** `predict --model`: a whole Keras model asked by itself. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { tensorflowEngine } from "../engine.ts";
import { EXPECTED, kerasFile } from "../model/keras_files.ts";
import { headlight } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { writeKerasImages } from "./keras_images.ts";

await tensorflowEngine();

async function probabilities(args: readonly string[]): Promise<Record<string, number>[]> {
  const { status, stdout, stderr } = await headlight(["predict", ...args, "--json"]);
  assert.equal(status, 0, stderr);
  return stdout.trimEnd().split("\n").map((line) => {
    const { predictions } = JSON.parse(line) as { predictions: { class: string; probability: number }[] };
    return Object.fromEntries(predictions.map((one) => [one.class, one.probability]));
  });
}

function near(found: Record<string, number> | undefined, expected: readonly number[], names: readonly string[]): void {
  for (const [index, name] of names.entries()) {
    assert.ok(
      Math.abs((found?.[name] ?? NaN) - (expected[index] ?? NaN)) < 1e-4,
      `${JSON.stringify(found)} ${expected}`,
    );
  }
}

Deno.test("predict --model gives the probabilities that Keras gives, at the size that the model was made for", async () => {
  await withTemporaryFolder(async (folder) => {
    const images = await writeKerasImages(folder);
    for (const file of ["mixed.keras", "mixed.h5"]) {
      const found = await probabilities(["--model", kerasFile(file), ...images]);
      near(found[0], EXPECTED.mixed.output.slice(0, 3), ["0", "1", "2"]);
      near(found[1], EXPECTED.mixed.output.slice(3), ["0", "1", "2"]);
    }
  });
});

Deno.test("predict --model takes one sigmoid for two classes, and logits without a softmax", async () => {
  await withTemporaryFolder(async (folder) => {
    const images = await writeKerasImages(folder);
    const [one = NaN] = EXPECTED.tutorial.output;
    near((await probabilities(["--model", kerasFile("tutorial.keras"), ...images]))[0], [1 - one, one], ["0", "1"]);
    // The model does not say how its images are preprocessed, so they are scaled. Keras was given them as they are.
    const [found] = await probabilities(["--model", kerasFile("chain.keras"), ...images]);
    assert.equal(Object.keys(found ?? {}).length, 3);
    const sum = Object.values(found ?? {}).reduce((sum, value) => sum + value, 0);
    assert.ok(Math.abs(sum - 1) < 1e-6);
  });
});

Deno.test("predict --model --classes names the classes, and a wrong number of names is refused", async () => {
  await withTemporaryFolder(async (folder) => {
    const images = await writeKerasImages(folder);
    const names = join(folder, "labels.txt");
    Deno.writeTextFileSync(names, "cat\nday bed\nfox\n");
    const model = ["--model", kerasFile("mixed.keras"), "--classes", names];
    near((await probabilities([...model, ...images]))[0], EXPECTED.mixed.output.slice(0, 3), ["cat", "day bed", "fox"]);
    Deno.writeTextFileSync(names, "0 cat\n1 fox\n");
    const { status, stderr } = await headlight(["predict", ...model, ...images]);
    assert.equal(status, 2);
    assert.match(
      stderr,
      /--classes .*labels\.txt: it names 2 classes, but the model has 3\. Name each of its classes, .* or remove --classes\./,
    );
  });
});

Deno.test("predict --model takes the names in a classes.txt beside the model, says so, and prefers --classes", () =>
  withTemporaryFolder(async (folder) => {
    const images = await writeKerasImages(folder);
    const model = join(folder, "model.keras");
    Deno.copyFileSync(kerasFile("mixed.keras"), model);
    const beside = join(folder, "classes.txt");
    Deno.writeTextFileSync(beside, "cat\ndog\nfox\n");
    const said = await headlight(["predict", "--model", model, ...images]);
    assert.deepEqual([said.status, said.stderr], [0, `headlight: The classes are named by ${beside}\n`]);
    assert.match(said.stdout, /0\.png {2}(?:cat|dog|fox) 0\.\d{3}/);

    const other = join(folder, "labels.txt");
    Deno.writeTextFileSync(other, "one\ntwo\nthree\n");
    const given = await headlight(["predict", "--model", model, "--classes", other, ...images]);
    assert.deepEqual([given.status, given.stderr], [0, ""]);
    assert.match(given.stdout, /0\.png {2}(?:one|two|three) 0\.\d{3}/);

    Deno.writeTextFileSync(beside, "cat\ndog\n");
    const { status, stderr } = await headlight(["predict", "--model", model, ...images]);
    assert.equal(status, 2);
    assert.match(
      stderr,
      /classes\.txt: it names 2 classes, but the model has 3\. Name each of its classes, .* with --classes\.\n$/,
    );
  }));

Deno.test("bad input: predict --model refuses what is no classifier and flags that a run knows itself", async () => {
  await withTemporaryFolder(async (folder) => {
    const images = await writeKerasImages(folder);
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["--model", kerasFile("none.keras"), ...images], /none\.keras: no such file\. Check the path\./],
      [["--model", kerasFile("unsupported.keras"), ...images], /types are not supported: Attention, LSTM\./],
      [["--model", kerasFile("mixed.keras")], /No images to predict\. Name/],
      [
        ["--model", kerasFile("chain.keras"), "--checkpoint", "best", ...images],
        /--checkpoint cannot be combined with --model, which names no run\. Remove one of them\./,
      ],
      [["--size", "32", ...images], /--size needs --model FILE\. Remove it, or name a model\./],
      [["--model", kerasFile("chain.h5"), "--size", "48", ...images], /chain\.h5: .*shape/],
    ];
    for (const [args, says] of cases) {
      const { status, stderr } = await headlight(["predict", ...args]);
      assert.equal(status, 2, stderr);
      assert.match(stderr, says);
    }
  });
});
