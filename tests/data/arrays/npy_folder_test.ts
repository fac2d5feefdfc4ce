import assert from "node:assert/strict";
import { join } from "node:path";
import type { NpyArray } from "../../npy.ts";
import { openNpyFolder } from "../../../src/data/arrays/npy_folder.ts";
import { checkPixelScale } from "../../../src/data/dataset/pixel_scale.ts";
import { makePipe } from "../../damage.ts";
import { HeadlightError } from "../../../src/errors.ts";
import { shared, sharedTest, withTemporaryFolder } from "../../support.ts";
import { npyWithHeader, type SetArrays, smallArrays, writeSet } from "./made_npy.ts";

/** Writes the small set with some of its arrays replaced. */
function withSet<T>(change: Partial<SetArrays>, body: (folder: string) => Promise<T> | T): Promise<T> {
  return withTemporaryFolder((folder) => {
    writeSet(folder, { ...smallArrays(), ...change });
    return body(folder);
  });
}

function labels(...values: number[]): NpyArray {
  return { dtype: "int32", shape: [values.length], data: Int32Array.from(values) };
}

/** Returns the small set's training images as another dtype with one value changed. */
function images(dtype: NpyArray["dtype"], change?: readonly [index: number, value: number]): NpyArray {
  const { shape, data } = smallArrays().train_images;
  const values = Array.from(data, Number);
  if (change) values[change[0]] = change[1];
  switch (dtype) {
    case "uint8":
      return { dtype, shape, data: Uint8Array.from(values) };
    case "int32":
      return { dtype, shape, data: Int32Array.from(values) };
    case "int64":
      return { dtype, shape, data: BigInt64Array.from(values, BigInt) };
    case "float32":
      return { dtype, shape, data: Float32Array.from(values) };
    case "float64":
      return { dtype, shape, data: Float64Array.from(values) };
  }
}

Deno.test("a folder opens as a data set whose images are read by range as fresh copies", async () => {
  await withSet({}, async (folder) => {
    const set = openNpyFolder(folder, "mine");
    assert.deepEqual([set.name, set.height, set.width, set.classes], ["mine", 2, 3, ["0", "1"]]);
    assert.deepEqual([set.train.count, set.validation.count], [6, 4]);
    assert.deepEqual(set.train.labels, Int32Array.of(0, 1, 0, 1, 0, 1));
    const batch = await set.train.read(2, 5);
    assert.deepEqual([batch.count, batch.height, batch.width], [3, 2, 3]);
    assert.deepEqual(batch.pixels, smallArrays().train_images.data.slice(2 * 18, 5 * 18));
    batch.pixels.fill(0);
    assert.notEqual((await set.train.read(2, 5)).pixels[0], 0);
    await assert.rejects(set.train.read(5, 7), RangeError);
  });
});

for (const dtype of ["uint8", "int32", "int64", "float32", "float64"] as const) {
  Deno.test(`${dtype} images hold the same values as ${dtype.startsWith("float") ? "float32" : "uint8"}`, async () => {
    await withSet({ train_images: images(dtype) }, async (folder) => {
      const { pixels } = await openNpyFolder(folder).train.read(0, 6);
      assert.ok(pixels instanceof (dtype.startsWith("float") ? Float32Array : Uint8Array));
      assert.deepEqual(Array.from(pixels), Array.from(smallArrays().train_images.data, Number));
    });
  });
}

for (
  const given of [
    { dtype: "uint8", shape: [6], data: Uint8Array.of(1, 0, 1, 0, 1, 0) },
    { dtype: "int32", shape: [6, 1], data: Int32Array.of(1, 0, 1, 0, 1, 0) },
    { dtype: "int64", shape: [6, 1], data: BigInt64Array.of(1n, 0n, 1n, 0n, 1n, 0n) },
    { dtype: "float32", shape: [6], data: Float32Array.of(1, 0, 1, 0, 1, 0) },
    { dtype: "float64", shape: [6, 1], data: Float64Array.of(1, 0, 1, 0, 1, 0) },
  ] as const satisfies NpyArray[]
) {
  Deno.test(`${given.dtype} labels of shape (${given.shape.join(", ")}) are read`, async () => {
    await withSet({ train_labels: { ...given, shape: [...given.shape] } }, (folder) => {
      assert.deepEqual(openNpyFolder(folder).train.labels, Int32Array.of(1, 0, 1, 0, 1, 0));
    });
  });
}

const empty: NpyArray = { dtype: "uint8", shape: [0, 2, 3, 3], data: new Uint8Array(0) };
const grey: NpyArray = { dtype: "uint8", shape: [6, 2, 3], data: new Uint8Array(36) };
const alpha: NpyArray = { dtype: "uint8", shape: [6, 2, 3, 4], data: new Uint8Array(144) };
const tall: NpyArray = { dtype: "uint8", shape: [4, 3, 2, 3], data: new Uint8Array(72) };
const oneHot: NpyArray = { dtype: "uint8", shape: [6, 2], data: new Uint8Array(12) };
const half: NpyArray = { dtype: "float32", shape: [6], data: Float32Array.of(0, 1, 0.5, 1, 0, 1) };
const unsure: NpyArray = { dtype: "float64", shape: [6], data: Float64Array.of(0, 1, NaN, 1, 0, 1) };
// Reading only the lower half would turn 2³² + 7 into 7.
const wide: NpyArray = { ...images("int64"), data: BigInt64Array.from({ length: 108 }, () => 2n ** 32n + 7n) };

const refused: readonly [what: string, change: Partial<SetArrays>, line: RegExp][] = [
  [
    "grey images",
    { train_images: grey },
    /train_images\.npy has the shape \(6, 2, 3\); images must be N×height×width×3/,
  ],
  ["images with alpha", { train_images: alpha }, /train_images\.npy has the shape \(6, 2, 3, 4\)/],
  ["no images", { test_images: empty, test_labels: labels() }, /test_images\.npy .* it has no images/],
  ["two sizes", { test_images: tall }, /test_images\.npy holds images of 3×2, .*train_images\.npy of 2×3/],
  ["an int32 pixel above 255", { train_images: images("int32", [20, 256]) }, /has 256 at index \(1, 0, 0, 2\)/],
  ["an int64 pixel below 0", { train_images: images("int64", [0, -1]) }, /has -1 at index \(0, 0, 0, 0\)\. Integer/],
  ["an int64 pixel beyond 32 bits", { train_images: wide }, /has 4294967303 at index \(0, 0, 0, 0\)/],
  [
    "a NaN pixel",
    { train_images: images("float32", [107, NaN]) },
    /has NaN at index \(5, 1, 2, 2\)\. Pixels must be finite/,
  ],
  ["an infinite pixel", { train_images: images("float64", [5, -Infinity]) }, /has -Infinity at index \(0, 0, 1, 2\)/],
  ["a pixel beyond float32", { train_images: images("float64", [5, 1e39]) }, /has 1e\+39 at index/],
  [
    "too few labels",
    { train_labels: labels(0, 1) },
    /train_labels\.npy has 2 labels for the 6 images of .*train_images/,
  ],
  [
    "one-hot labels",
    { train_labels: oneHot },
    /train_labels\.npy has the shape \(6, 2\); labels must be class numbers of shape \(N,\) or \(N, 1\)/,
  ],
  ["a negative label", { train_labels: labels(0, 1, 0, -1, 0, 1) }, /has the label -1 at index 3\. Class numbers/],
  ["a label that is not a whole number", { train_labels: half }, /has the label 0\.5 at index 2/],
  ["a NaN label", { train_labels: unsure }, /has the label NaN at index 2/],
  ["an absurd label", { train_labels: labels(0, 1, 0, 1, 0, 70_000) }, /has the label 70000 at index 5/],
  ["a class left out", { train_labels: labels(0, 1, 3, 1, 0, 1) }, /train_labels\.npy: class 2 has no training image/],
  ["a class not in test", { test_labels: labels(1, 1, 1, 1) }, /test_labels\.npy: class 0 has no validation image/],
  ["a class only in test", { test_labels: labels(0, 1, 2, 1) }, /test_labels\.npy has the label 2 at index 2.* 0 to 1/],
];

for (const [what, change, line] of refused) {
  Deno.test(`${what} is refused in one line with exit status 2`, async () => {
    await withSet(change, (folder) => {
      assert.throws(() => openNpyFolder(folder), (error) => {
        assert.ok(error instanceof HeadlightError, String(error));
        assert.match(error.message, line);
        assert.equal(error.exitStatus, 2);
        return !error.message.includes("\n");
      });
    });
  });
}

Deno.test("classes.txt names the classes in any order, and terminal control sequences are removed", async () => {
  await withSet({}, (folder) => {
    Deno.writeTextFileSync(join(folder, "classes.txt"), "\ufeff1 \x1b[31mred\x1b[0m \x07cup\r\n\r\n0  day bed \r\n");
    assert.deepEqual(openNpyFolder(folder).classes, ["day bed", "red cup"]);
  });
});

for (
  const [text, line] of [
    [
      "0 day bed\ndishrag\n",
      /classes\.txt, line 2: "dishrag" must be a class number and a name, for example "0 day bed"/,
    ],
    ["0 day bed\n1\n", /classes\.txt, line 2/],
    ["0 day bed\n0 dishrag\n", /classes\.txt, line 2: class 0 occurs twice\./],
    ["0 cat\n1 cat\n", /classes\.txt, line 2: two classes are called cat\. Give each a name of its own/],
    ["0 caf\u00e9\n1 cafe\u0301\n", /classes\.txt, line 2: two classes are called cafe\u0301/],
    ["", /classes\.txt is empty\. Write a line for each class, for example "0 day bed", or remove the file$/],
    ["\ufeff\r\n \t\n", /classes\.txt is empty\. Write a line for each class/],
    ["1 day bed\n2 dishrag\n", /classes\.txt has no class 0\. Number the classes from 0/],
    ["0 day bed\n", /train_labels\.npy has the label 1 at index 1, but there is only class 0/],
    ["0 day bed\n1 dishrag\n2 plate", /train_labels\.npy: class 2 \(plate\) has no training image/],
  ] as const
) {
  Deno.test(`classes.txt with ${JSON.stringify(text)} is refused`, async () => {
    await withSet({}, (folder) => {
      Deno.writeTextFileSync(join(folder, "classes.txt"), text);
      assert.throws(
        () => openNpyFolder(folder),
        (error) => error instanceof HeadlightError && line.test(error.message),
      );
    });
  });
}

Deno.test("the lesson's set has its ten class names, recognized by its own name or its folder's", async () => {
  const ten = Array.from({ length: 10 }, (_, label) => label);
  const images: NpyArray = { dtype: "uint8", shape: [10, 1, 1, 3], data: new Uint8Array(30) };
  const arrays = {
    train_images: images,
    train_labels: labels(...ten),
    test_images: images,
    test_labels: labels(...ten),
  };
  await withTemporaryFolder((folder) => {
    const path = join(folder, "dataset_dollarstreet");
    Deno.mkdirSync(path);
    writeSet(path, arrays);
    writeSet(folder, arrays);
    for (const set of [openNpyFolder(path), openNpyFolder(folder, "dollarstreet")]) {
      assert.deepEqual([set.classes[0], set.classes[9]], ["day bed", "washing machine"]);
    }
    assert.equal(openNpyFolder(folder).classes[0], "0");
  });
});

/** Returns the small set's training images as floats with each value changed. */
function floats(change: (value: number) => number): NpyArray {
  const { shape, data } = smallArrays().train_images;
  return { dtype: "float32", shape, data: Float32Array.from(Array.from(data, Number), change) };
}

for (
  const [what, change, looks] of [
    [
      "divided by 255",
      (value) => value / 255,
      /from 0 to 1, .* like 0 to 1 \(divided by 255 already\), .*array \* 255/,
    ],
    [
      "divided by 255, with an overshoot",
      (value) => value / 255 + (value > 240 ? 0.04 : 0),
      / to 1\.04, .* like 0 to 1 /,
    ],
    ["divided by 127.5, minus 1", (value) => value / 127.5 - 1, /-1 to 1 \(.*\. .*\(array \+ 1\) \* 127\.5/],
    ["divided by 255, minus 0.5", (value) => value / 255 - 0.5, /-0\.5 to 0\.5 \(.*\. .*\(array \+ 0\.5\) \* 255/],
    ["standardized", (value) => (value - 128) / 73, /standardized ones \(mean -?0\.\d+, deviation (1\.|0\.9)/],
    ["centred", (value) => value - 120, /centred ones \(mean/],
    ["of 4 bits", (value) => Math.floor(value / 16), /from 0 to 15, .* another range, .*array \* 255 \/ 15/],
    ["of 16 bits", (value) => value * 257, /to 65500, .* another range, .*array \* 255 \/ 65500/],
  ] as [string, (value: number) => number, RegExp][]
) {
  Deno.test(`floats that are ${what} are refused with what they look like and how to save them`, async () => {
    await withSet({ train_images: floats(change) }, async (folder) => {
      await assert.rejects(checkPixelScale(openNpyFolder(folder), "scale"), (error) => {
        assert.ok(error instanceof HeadlightError, String(error));
        assert.match(
          error.message,
          /^[^\n]*the training images are floats[^\n]*--preprocess scale expects 0 to 255\.[^\n]*$/,
        );
        assert.match(error.message, looks);
        return true;
      });
    });
  });
}

Deno.test("floats from 0 to 255 are accepted, even with filter overshoot or one bright image among many dark ones", async () => {
  for (const change of [(value: number) => value, (value: number) => value * 1.1 - 10]) {
    await withSet({ train_images: floats(change) }, (folder) => checkPixelScale(openNpyFolder(folder), "scale"));
  }
  const count = 1000;
  const data = new Float32Array(count * 3);
  data[997 * 3] = 200;
  const train_labels = labels(...Array.from({ length: count }, (_, index) => index % 2));
  const test_images: NpyArray = { dtype: "uint8", shape: [4, 1, 1, 3], data: new Uint8Array(12) };
  const train_images: NpyArray = { dtype: "float32", shape: [count, 1, 1, 3], data };
  await withSet({ train_images, train_labels, test_images }, async (folder) => {
    await checkPixelScale(openNpyFolder(folder), "scale");
  });
});

Deno.test("images and labels too many or too large for memory are refused by their shapes before any is read", async () => {
  await withSet({}, (folder) => {
    for (
      const [shape, says] of [
        ["(1, 100000, 100000, 3)", /train_images\.npy .* at most 33554432 pixels\. Resize them before saving/],
        ["(10000000000, 1, 1, 3)", /train_images\.npy .* at most 100000000 images/],
      ] as const
    ) {
      const path = join(folder, "train_images.npy");
      const head = npyWithHeader(`{'descr': '|u1', 'fortran_order': False, 'shape': ${shape}, }`, new Uint8Array(0));
      Deno.writeFileSync(path, head);
      // A sparse file: as long as its header says, but without a block on the disk.
      Deno.truncateSync(path, head.length + 30_000_000_000);
      assert.throws(() => openNpyFolder(folder), says);
    }
  });
});

Deno.test("one-hot labels are refused with the command that converts them", async () => {
  const train_labels: NpyArray = { dtype: "float32", shape: [6, 2], data: new Float32Array(12) };
  await withSet({ train_labels }, (folder) => {
    assert.throws(
      () => openNpyFolder(folder),
      /\(6, 2\); labels must be .*\. If they are one-hot, save labels\.argmax\(axis=1\)/,
    );
  });
});

Deno.test("classes.txt in UTF-16 with a byte order mark is read; another encoding, a folder or a pipe is refused", async () => {
  await withSet({}, (folder) => {
    const path = join(folder, "classes.txt");
    const utf16 = new Uint16Array(Array.from("\ufeff0 Äpfel\r\n1 day bed", (letter) => letter.charCodeAt(0)));
    Deno.writeFileSync(path, new Uint8Array(utf16.buffer));
    assert.deepEqual(openNpyFolder(folder).classes, ["Äpfel", "day bed"]);
    // Latin-1.
    Deno.writeFileSync(path, Uint8Array.from("0 Äpfel\n1 day bed", (letter) => letter.charCodeAt(0)));
    assert.throws(() => openNpyFolder(folder), /classes\.txt is not UTF-8 text\. Save it with the encoding UTF-8$/);
    Deno.removeSync(path);
    Deno.mkdirSync(path);
    assert.throws(() => openNpyFolder(folder), /classes\.txt is not a regular file\. Replace it with a text file$/);
    Deno.removeSync(path);
    makePipe(path);
    assert.throws(() => openNpyFolder(folder), /classes\.txt is not a regular file/);
  });
});

Deno.test("uint8 images are accepted however dark they are", async () => {
  const dark: NpyArray = { dtype: "uint8", shape: [6, 2, 3, 3], data: new Uint8Array(108) };
  await withSet({ train_images: dark }, (folder) => checkPixelScale(openNpyFolder(folder), "scale"));
});

Deno.test("floats divided by 255 that overshoot to 1.015 are refused like those up to 1", async () => {
  const { shape, data } = smallArrays().train_images;
  const values = Float32Array.from(Array.from(data, Number), (value) => value / 255);
  values.set([-0.015, 1.015]);
  await withSet({ train_images: { dtype: "float32", shape, data: values } }, async (folder) => {
    await assert.rejects(
      checkPixelScale(openNpyFolder(folder), "scale"),
      /from -0\.015 to 1\.01, .* like 0 to 1 \(divided by 255 already\)/,
    );
  });
});

Deno.test(sharedTest("grocery10 opens with its classes and its images", async () => {
  const set = openNpyFolder(shared("data/grocery10"));
  assert.deepEqual([set.name, set.train.count, set.validation.count], ["grocery10", 865, 300]);
  assert.deepEqual([set.classes[0], set.classes[9]], ["Apple", "Yoghurt"]);
  const whole = Deno.readFileSync(shared("data/grocery10/test_images.npy"));
  assert.deepEqual((await set.validation.read(299, 300)).pixels, whole.slice(-64 * 64 * 3));
}));
