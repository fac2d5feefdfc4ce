/** Classes that are numbers. Folders "0" … "11" sort as 0, 1, 10, 11, 2, while arrays count 0, 1, 2. */
import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { evaluationSchema } from "../../src/results/evaluation_json.ts";
import { match } from "../../src/results/labelled_images.ts";
import { writeSet } from "../data/arrays/made_npy.ts";
import { writeFiles } from "../data/images/made_images.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, headlight, JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";

await tensorflowEngine();

const NUMBERS = Array.from({ length: 12 }, (_, label) => String(label));
const SORTED = NUMBERS.toSorted();

/** The labels alone. */
function labelsOf(classes: readonly string[], known: readonly string[], arrays = false): number[] {
  return match(classes, known, arrays).labels;
}

Deno.test("numbered classes are matched by name, in every direction", () => {
  assert.deepEqual(labelsOf(NUMBERS, SORTED).map((label) => SORTED[label]), NUMBERS);
  assert.deepEqual(labelsOf(SORTED, NUMBERS).map((label) => NUMBERS[label]), SORTED);
  assert.deepEqual(labelsOf(SORTED, SORTED), NUMBERS.map(Number));
  // Names with leading zeros are the same numbers. A set that counts from 1 lacks a class 0.
  const padded = NUMBERS.map((name) => name.padStart(2, "0"));
  assert.deepEqual(labelsOf(SORTED, padded).map((label) => Number(padded[label])), SORTED.map(Number));
  assert.equal(labelsOf(NUMBERS, NUMBERS.map((name) => String(Number(name) + 1)).toSorted())[0], -1);
  // A subset of the classes.
  assert.deepEqual(labelsOf(["10", "2"], NUMBERS), [10, 2]);
  assert.equal(match(NUMBERS, SORTED, true).byPlace, false);
});

Deno.test("numbers are taken for the positions of classes only if the run's classes have names", () => {
  assert.deepEqual(match(["0", "1", "2"], ["bus", "car", "train"], true), { labels: [0, 1, 2], byPlace: true });
  assert.deepEqual(labelsOf(["0", "1"], ["bus", "car", "train"]), [-1, -1]);
  assert.deepEqual(match(["train", "bus"], ["bus", "car", "train"], true), { labels: [2, 0], byPlace: false });
});

Deno.test("a run with numbered classes matches arrays that have names now, but not folders with names", () => {
  const names = ["bus", "car", "train"];
  assert.deepEqual(match(names, ["0", "1", "2"], true), { labels: [0, 1, 2], byPlace: true });
  assert.deepEqual(labelsOf(names, ["0", "1", "2"], false), [-1, -1, -1]);
});

Deno.test("names that differ only in Unicode form are the same class of a run", () => {
  assert.deepEqual(labelsOf(["cafe\u0301", "tea"], ["caf\u00e9", "tea"]), [0, 1]);
  assert.deepEqual(labelsOf(["caf\u00e9", "tea"], ["cafe\u0301", "tea"]), [0, 1]);
});

const SIDE = 64;
const EACH = 6;
const LEARNING = [
  "--epochs",
  "80",
  "--patience",
  "80",
  "--dropout",
  "0",
  "--learning-rate",
  "0.003",
  "--monitor",
  "loss",
];

/** Returns pixels in a distinct colour for each class. */
function pixels(label: number, index: number): Uint8Array {
  const colour = [(label % 3) * 110 + 10, (Math.floor(label / 3) % 2) * 200 + 20, Math.floor(label / 6) * 200 + 20];
  return Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, at) => (colour[at % 3] ?? 0) + ((at * (index + 3)) % 17));
}

async function writeBoth(folders: string, arrays: string): Promise<void> {
  const files: Record<string, Uint8Array> = {};
  const all: Uint8Array[] = [];
  for (const [label, name] of NUMBERS.entries()) {
    for (let index = 0; index < EACH; index++) {
      const image = pixels(label, index);
      all.push(image);
      const png = sharp(image, { raw: { width: SIDE, height: SIDE, channels: 3 } }).png();
      files[`${name}/${index}.png`] = new Uint8Array(await png.toBuffer());
    }
  }
  writeFiles(folders, files);
  Deno.mkdirSync(arrays);
  const images = {
    dtype: "uint8",
    shape: [all.length, SIDE, SIDE, 3],
    data: Uint8Array.from(all.flatMap((image) => [...image])),
  } as const;
  const labels = {
    dtype: "int64",
    shape: [all.length],
    data: BigInt64Array.from(all, (_, index) => BigInt(Math.floor(index / EACH))),
  } as const;
  writeSet(arrays, { train_images: images, train_labels: labels, test_images: images, test_labels: labels });
}

Deno.test("a run on folders 0 … 11 is equally good on arrays of the same images, and vice versa", async () => {
  await withTemporaryFolder(async (folder) => {
    const [folders, arrays] = [join(folder, "folders"), join(folder, "arrays")];
    await writeBoth(folders, arrays);
    const env = emptyFeatureCache(folder);
    const model = ["--base", "squeezenet11", "--weights", "random", "--size", String(SIDE), ...LEARNING];
    for (const [data, other] of [[folders, arrays], [arrays, folders]] as const) {
      const args = ["train", "--data", data, ...model, "--preprocess", "imagenet", "--runs", join(folder, "runs")];
      const run = new JsonRun(args, { env });
      assert.equal(await run.status(), 0, run.stderr);
      const matrices: number[][][] = [];
      for (const judged of [folders, arrays]) {
        const { status, stdout, stderr } = await headlight(
          ["evaluate", await run.directory(), "--data", judged, "--json"],
          { env },
        );
        assert.equal(status, 0, stderr);
        const { confusion, accuracy } = evaluationSchema.parse(JSON.parse(stdout));
        assert.ok(accuracy > 0.5, `${data} judged by ${judged}: ${accuracy}`);
        matrices.push(confusion.map((row) => [...row]));
      }
      assert.deepEqual(matrices[0], matrices[1], `trained on ${data}, judged by ${other}`);
    }
  });
});
