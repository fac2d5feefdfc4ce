import assert from "node:assert/strict";
import { join } from "node:path";
import { arraySet } from "../../../src/data/dataset/array_set.ts";
import type { BrokenImage, ImageSet } from "../../../src/data/dataset/dataset.ts";
import { openImages } from "../../../src/data/images/folder.ts";
import { pixelsToInput } from "../../../src/features/base/preprocess.ts";
import { PixelSource } from "../../../src/features/pixels/pixel_source.ts";
import { image, writeFiles } from "../../data/images/made_images.ts";
import { tensorflowEngine } from "../../engine.ts";
import { withTemporaryFolder } from "../../support.ts";
import { madeUpImages, SIDE } from "../../training/made_up_pixels.ts";

const { tf } = await tensorflowEngine();

const COUNT = 70;
const LENGTH = SIDE * SIDE * 3;
const { pixels, labels } = madeUpImages(COUNT, 1);

/** Returns a part of arrays, and which images were read after the first pass. */
function part(): { readonly images: ImageSet; readonly picked: number[][] } {
  const images = arraySet({
    labels,
    file: null,
    read: (from, to) => ({
      count: to - from,
      height: SIDE,
      width: SIDE,
      pixels: pixels.subarray(from * LENGTH, to * LENGTH),
    }),
  });
  const picked: number[][] = [];
  const pick: ImageSet["pick"] = (indices) => {
    picked.push([...indices]);
    return images.pick(indices);
  };
  return { images: { ...images, pick }, picked };
}

async function opened(images: ImageSet, options: Partial<Parameters<typeof PixelSource.open>[2]> = {}) {
  const source = await PixelSource.open(tf, images, { size: SIDE, ...options });
  assert.ok(source);
  return source;
}

const ROWS = Int32Array.of(69, 0, 31, 32, 5);

/** The rows as Keras would be given them: float32 of pixels / 255. */
function expected(rows: Int32Array): Float32Array {
  return Float32Array.from(
    [...rows].flatMap((row) => [...pixels.subarray(row * LENGTH, (row + 1) * LENGTH)]),
    (v) => v / 255,
  );
}

Deno.test("rows are the images' pixels divided by 255, in the order asked for, with the labels of the part", async () => {
  const source = await opened(part().images);
  assert.deepEqual([source.count, source.shape], [COUNT, [SIDE, SIDE, 3]]);
  assert.deepEqual(source.labels, labels);
  assert.deepEqual(await source.gather(ROWS), expected(ROWS));
});

Deno.test("pixels that fit are kept and never read again; the others are read when they are needed, with the same result", async () => {
  const whole = part();
  await (await opened(whole.images)).gather(ROWS);
  assert.deepEqual(whole.picked, []);
  const none = part();
  assert.deepEqual(await (await opened(none.images, { keptBytes: 0 })).gather(ROWS), expected(ROWS));
  assert.deepEqual(none.picked, [[...ROWS]]);
  // 32 images are read at once: the first two thirds fit.
  const some = part();
  assert.deepEqual(await (await opened(some.images, { keptBytes: 65 * LENGTH })).gather(ROWS), expected(ROWS));
  assert.deepEqual(some.picked, [[69]]);
});

Deno.test("rows read ahead are read once, and other rows may be asked for instead", async () => {
  const { images, picked } = part();
  const source = await opened(images, { keptBytes: 0 });
  source.prefetch(Int32Array.of(3, 4));
  assert.deepEqual(await source.gather(Int32Array.of(3, 4)), expected(Int32Array.of(3, 4)));
  assert.deepEqual(picked, [[3, 4]]);
  source.prefetch(Int32Array.of(5, 6));
  assert.deepEqual(await source.gather(Int32Array.of(5, 7)), expected(Int32Array.of(5, 7)));
});

Deno.test("images of another size are resized as for a frozen base, and no tensor is left", async () => {
  const source = await opened(part().images, { size: 40 });
  const before = tf.memory().numTensors;
  const rows = await source.gather(ROWS);
  assert.equal(tf.memory().numTensors, before);
  const bytes = Uint8Array.from([...ROWS].flatMap((row) => [...pixels.subarray(row * LENGTH, (row + 1) * LENGTH)]));
  const batch = { count: ROWS.length, height: SIDE, width: SIDE, pixels: bytes };
  const reference = pixelsToInput(tf, batch, { size: 40, preprocess: "scale", own: "torch" });
  assert.deepEqual(rows, reference.dataSync());
  reference.dispose();
});

Deno.test("an image file that cannot be decoded has no row, and one that becomes unreadable later ends the run", async () => {
  await withTemporaryFolder(async (folder) => {
    const file = new Uint8Array(await image(30, 20).jpeg().toBuffer());
    const cut = file.subarray(0, 200);
    writeFiles(folder, { "a/0.jpg": file, "a/1.jpg": cut, "a/2.jpg": file, "b/0.jpg": file, "b/1.jpg": file });
    const how = { kind: "pictures", folder, name: "made", share: 0.01, seed: 1, resize: "bilinear" } as const;
    const dataset = openImages(how, SIDE);
    const broken: BrokenImage[] = [];
    const onRead = (_: number, newest: readonly BrokenImage[]) => void broken.push(...newest);
    const source = await opened(dataset.train, { keptBytes: 0, onRead });
    assert.deepEqual(broken.map(({ path }) => path), ["a/1.jpg"]);
    assert.equal(source.count, dataset.train.count - 1);
    const at = [...source.images].findIndex((index) => dataset.train.fileOf(index) === "b/1.jpg");
    Deno.writeFileSync(join(folder, "b", "1.jpg"), cut);
    await assert.rejects(
      source.gather(Int32Array.of(at)),
      /^HeadlightError: b\/1\.jpg: the image could be decoded before/,
    );
    dataset.close();
  });
});

Deno.test("reading ends when it is aborted", async () => {
  const control = new AbortController();
  const onRead = () => control.abort();
  assert.equal(await PixelSource.open(tf, part().images, { size: SIDE, signal: control.signal, onRead }), null);
});
