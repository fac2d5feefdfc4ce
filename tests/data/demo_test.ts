import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { ImageSet } from "../../src/data/dataset/dataset.ts";
import { DEMO_SEED, demoImages, openDemo } from "../../src/data/demo/demo.ts";
import { DOLLAR_STREET_CLASSES } from "../../src/data/arrays/class_names.ts";

const IMAGE = 64 * 64 * 3;

async function hash(images: ImageSet): Promise<string> {
  return createHash("sha256").update((await images.read(0, images.count)).pixels).digest("hex");
}

Deno.test("the demo set has the lesson's shapes and its ten classes", async () => {
  const demo = openDemo();
  assert.deepEqual([demo.name, demo.height, demo.width], ["demo", 64, 64]);
  assert.deepEqual([demo.train.count, demo.validation.count], [878, 293]);
  assert.deepEqual(demo.classes, DOLLAR_STREET_CLASSES);
  const batch = await demo.train.read(0, 2);
  assert.ok(batch.pixels instanceof Uint8Array);
  assert.deepEqual([batch.count, batch.height, batch.width, batch.pixels.length], [2, 64, 64, 2 * IMAGE]);
});

Deno.test("the demo set has the same bytes on every machine", async () => {
  const demo = openDemo();
  assert.equal(await hash(demo.train), "5b8465e51c94a9037a45b19012f56e4953ddff32fe5c2315bbdd0e8046e85164");
  assert.equal(await hash(demo.validation), "ae3f8cf65977af49276951936f7e9281bfae3be6d71a4facc6f562bb373bc837");
});

Deno.test("the classes of the demo set are as balanced as its size allows, in both parts", () => {
  for (const part of [openDemo().train, openDemo().validation]) {
    const counts = new Array<number>(10).fill(0);
    for (const label of part.labels) counts[label] = (counts[label] ?? 0) + 1;
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, counts.join());
  }
});

Deno.test("an image is the same whichever range it is read in", async () => {
  const { train } = openDemo();
  const range = await train.read(400, 410);
  const alone = await train.read(407, 408);
  assert.deepEqual(alone.pixels, range.pixels.slice(7 * IMAGE, 8 * IMAGE));
});

Deno.test("the last of ten thousand images can be drawn alone, and the first are the smaller set's", async () => {
  const many = demoImages(10_000, DEMO_SEED, "train");
  assert.equal((await many.read(9_999, 10_000)).pixels.length, IMAGE);
  assert.deepEqual(await many.read(0, 3), await openDemo().train.read(0, 3));
  await assert.rejects(async () => await many.read(9_999, 10_001), RangeError);
});

Deno.test("no two images of a class look alike, in either part", async () => {
  const demo = openDemo();
  const images: { label: number; thumbnail: number[] }[] = [];
  for (const part of [demo.train, demo.validation]) {
    const { pixels } = await part.read(0, 100);
    for (let index = 0; index < 100; index++) {
      images.push({
        label: part.labels[index] ?? -1,
        thumbnail: thumbnail(pixels.subarray(index * IMAGE, (index + 1) * IMAGE)),
      });
    }
  }
  for (const [index, one] of images.entries()) {
    for (const other of images.slice(index + 1)) {
      if (one.label === other.label) {
        assert.ok(distance(one.thumbnail, other.thumbnail) > 10, `two of class ${one.label}`);
      }
    }
  }
});

Deno.test("another seed draws other images", async () => {
  assert.notEqual(await hash(demoImages(10, 1, "train")), await hash(demoImages(10, 2, "train")));
});

Deno.test("the demo set is not trivial: a nearest neighbour predicts less than half of the classes", async () => {
  const demo = openDemo();
  const train = await demo.train.read(0, 400), validation = await demo.validation.read(0, 100);
  const known = Array.from({ length: 400 }, (_, index) => thumbnail(train.pixels.subarray(index * IMAGE)));
  let right = 0;
  for (let index = 0; index < 100; index++) {
    const image = thumbnail(validation.pixels.subarray(index * IMAGE));
    const distances = known.map((other) => distance(image, other));
    const nearest = distances.indexOf(Math.min(...distances));
    if (demo.train.labels[nearest] === demo.validation.labels[index]) right++;
  }
  assert.ok(right > 10, `${right} of 100: above chance, so there is something to learn`);
  assert.ok(right < 50, `${right} of 100`);
});

/** Returns 16 × 16 means of 4 × 4 pixels for each channel. */
function thumbnail(pixels: ArrayLike<number>): number[] {
  const means = new Array<number>(16 * 16 * 3).fill(0);
  for (let at = 0; at < IMAGE; at++) {
    const channel = at % 3, column = Math.floor(at / 3) % 64, row = Math.floor(at / 192);
    const cell = ((row >> 2) * 16 + (column >> 2)) * 3 + channel;
    means[cell] = (means[cell] ?? 0) + (pixels[at] ?? 0) / 16;
  }
  return means;
}

/** Returns the root mean square difference, in grey levels of 255. */
function distance(one: readonly number[], other: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0);
    sum += difference * difference;
  }
  return Math.sqrt(sum / one.length);
}
