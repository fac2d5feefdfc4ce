/** Tests how workers share the reading of images. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { decodeImage } from "../../../src/data/images/decode.ts";
import { MOST_PIXELS } from "../../../src/data/images/decoders/image.ts";
import { hashOf } from "../../../src/data/images/hash.ts";
import { filesDone, ShareLoader } from "../../../src/data/images/load.ts";
import { ImageLoader, type LoadedFiles } from "../../../src/data/images/loader.ts";
import { IMAGES_PER_WORKER, ROOM_OF_LARGE_IMAGE } from "../../../src/data/images/reading_plan.ts";
import { resizeAntialiasedInto, resizeInto } from "../../../src/data/images/resize.ts";
import { withTemporaryFolder } from "../../support.ts";
import { newTask } from "./load_tasks.ts";
import { bmp, image, writeFiles } from "./made_images.ts";

const SIZE = 24;
const LENGTH = SIZE * SIZE * 3;
const VALUES = 20;

/** Writes images of several formats and sizes, and some files that cannot be read. Returns their paths. */
async function writeImages(folder: string): Promise<string[]> {
  const files: Record<string, Uint8Array> = {};
  for (let seed = 0; seed < VALUES; seed++) {
    const [width, height] = [20 + 7 * seed, 90 - 3 * seed];
    files[`${seed}.png`] = new Uint8Array(await image(width, height, seed).png().toBuffer());
    files[`${seed}.jpg`] = new Uint8Array(await image(height, width, seed).jpeg().toBuffer());
    files[`${seed}.bmp`] = bmp(30 + seed, 40);
    if (seed % 3 === 0) files[`${seed}.txt`] = new TextEncoder().encode("no image");
    if (seed % 5 === 0) files[`${seed}.thin.png`] = new Uint8Array(await image(1, 200, seed).png().toBuffer());
  }
  writeFiles(folder, files);
  return [...Object.keys(files), "missing.png"].map((name) => join(folder, name));
}

/** Returns what decoding and resizing each file by itself gives. */
async function oneByOne(paths: readonly string[], resize: "bilinear" | "antialias"): Promise<LoadedFiles> {
  const pixels = new Float32Array(paths.length * LENGTH);
  const hashes: string[] = [];
  const broken: LoadedFiles["broken"][number][] = [];
  for (const [index, path] of paths.entries()) {
    const into = pixels.subarray(index * LENGTH, (index + 1) * LENGTH);
    const bytes = await Deno.readFile(path).catch(() => null);
    hashes.push(hashOf(bytes ?? new Uint8Array()));
    try {
      if (bytes === null) throw new Error("it cannot be read (No such file or directory)");
      const decoded = await decodeImage(bytes);
      if (resize === "bilinear") resizeInto(into, decoded, SIZE);
      else await resizeAntialiasedInto(into, decoded, SIZE);
    } catch (error) {
      broken.push({ index, reason: error instanceof Error ? error.message : "" });
    }
  }
  return { pixels, hashes, broken };
}

async function withLoader<T>(workers: number, use: (loader: ImageLoader) => Promise<T>): Promise<T> {
  const loader = new ImageLoader({ workers, heicWorkers: workers, pixelsBesideOthers: MOST_PIXELS });
  try {
    return await use(loader);
  } finally {
    loader.close();
  }
}

for (const resize of ["bilinear", "antialias"] as const) {
  Deno.test(`one worker and five give the pixels, hashes and errors of reading one by one, ${resize}`, async () => {
    await withTemporaryFolder(async (folder) => {
      const paths = await writeImages(folder);
      const expected = await oneByOne(paths, resize);
      assert.ok(expected.broken.length >= 10);
      for (const workers of [1, 5]) {
        await withLoader(workers, async (loader) => {
          assert.deepEqual(await loader.load({ paths, size: SIZE, resize }), expected);
        });
      }
    });
  });
}

Deno.test("requests sent ahead are answered with their own files, and a broken one has no pixels of others", async () => {
  await withTemporaryFolder(async (folder) => {
    const paths = await writeImages(folder);
    const expected = await oneByOne(paths, "bilinear");
    await withLoader(3, async (loader) => {
      const parts = Array.from(
        { length: 12 },
        (_, part) => ({ from: part * 5, to: Math.min(paths.length, part * 5 + 8) }),
      );
      // Twice, so that the second round gets the buffers of the first one.
      for (let round = 0; round < 2; round++) {
        const loading = parts.map(({ from, to }) =>
          loader.load({ paths: paths.slice(from, to), size: SIZE, resize: "bilinear" })
        );
        for (const [place, { from, to }] of parts.entries()) {
          const { pixels, hashes, broken } = await loading[place] ?? assert.fail();
          assert.deepEqual(pixels, expected.pixels.slice(from * LENGTH, to * LENGTH));
          assert.deepEqual(hashes, expected.hashes.slice(from, to));
          assert.deepEqual(
            broken.map(({ index, reason }) => [index + from, reason]),
            expected.broken.filter(({ index }) => index >= from && index < to).map((
              { index, reason },
            ) => [index, reason]),
          );
        }
      }
    });
  });
});

Deno.test("a worker begins the next request while an image of the one before is still being decoded", async () => {
  await withTemporaryFolder(async (folder) => {
    writeFiles(folder, {
      "large.png": new Uint8Array(await image(3000, 3000).png().toBuffer()),
      "small.png": new Uint8Array(await image(30, 30).png().toBuffer()),
    });
    const task = (name: string) => newTask({ paths: [join(folder, name)], size: SIZE, resize: "bilinear" });
    const loader = new ShareLoader();
    const [large, small] = [task("large.png"), task("small.png")];
    const loading = [loader.loadShare(large), loader.loadShare(small)];
    await loading[0];
    assert.equal(filesDone(small), 1);
    await Promise.all(loading);
  });
});

Deno.test("the images of two requests that are too large to be decoded beside others are decoded in order", async () => {
  await withTemporaryFolder(async (folder) => {
    const sides = { "large.png": 2000, "small.png": 50 };
    for (const [name, side] of Object.entries(sides)) {
      writeFiles(folder, { [name]: new Uint8Array(await image(side, side).png().toBuffer()) });
    }
    const loader = new ShareLoader();
    const order: string[] = [];
    await Promise.all(
      Object.keys(sides).map(async (name) => {
        await loader.loadShare(newTask({ paths: [join(folder, name)], size: SIZE, resize: "bilinear" }, 1000));
        order.push(name);
      }),
    );
    assert.deepEqual(order, Object.keys(sides));
  });
});

Deno.test("an image that is too large to be decoded beside others is decoded after them, to the same pixels", async () => {
  await withTemporaryFolder(async (folder) => {
    const png = async (side: number) => new Uint8Array(await image(side, side).png().toBuffer());
    const jpeg = new Uint8Array(await image(90, 90).jpeg().toBuffer());
    const avif = new Uint8Array(await image(90, 90).avif().toBuffer());
    const tiff = new Uint8Array(await image(90, 90).tiff().toBuffer());
    const files = { "a.png": await png(80), "b.jpg": jpeg, "c.avif": avif, "d.tiff": tiff, "e.bmp": bmp(70, 70) };
    const besideOthers = { "f.png": await png(30), "g.png": await png(31), "small.png": await png(20) };
    writeFiles(folder, { ...files, ...besideOthers });
    const paths = Object.keys({ ...files, ...besideOthers }).map((name) => join(folder, name));
    const request = { paths, size: SIZE, resize: "bilinear" } as const;
    const { files: loaded, pixels } = await new ShareLoader().loadShare(newTask(request, 1000));
    assert.deepEqual(new Set(loaded.slice(0, 3).map(({ index }) => index)), new Set([5, 6, 7]));
    assert.deepEqual(loaded.slice(3).map(({ index }) => index), [0, 1, 2, 3, 4]);
    assert.ok(loaded.every(({ broken }) => broken === null));
    assert.deepEqual(pixels, (await oneByOne(paths, "bilinear")).pixels);
  });
});

Deno.test("a worker decodes as many small images at once as it has in hand, and only so many large ones as there is room for", async () => {
  await withTemporaryFolder(async (folder) => {
    const bytes = new Uint8Array(await image(30, 30).png().toBuffer());
    const names = Array.from({ length: 3 * IMAGES_PER_WORKER }, (_, place) => `${place}.png`);
    writeFiles(folder, Object.fromEntries(names.map((name) => [name, bytes])));
    const paths = names.map((name) => join(folder, name));
    const mostAtOnce = async (pixelsBesideOthers: number) => {
      let [now, most] = [0, 0];
      const loader = new ShareLoader(async (content, mostPixels) => {
        // An image that is too large is found out before it is decoded.
        const decoded = await decodeImage(content, mostPixels);
        most = Math.max(most, ++now);
        await setTimeout(20);
        now--;
        return decoded;
      });
      await loader.loadShare(newTask({ paths, size: SIZE, resize: "bilinear" }, pixelsBesideOthers));
      return most;
    };
    assert.equal(await mostAtOnce(30 * 30 * ROOM_OF_LARGE_IMAGE), IMAGES_PER_WORKER);
    assert.equal(await mostAtOnce(30 * 30), IMAGES_PER_WORKER / ROOM_OF_LARGE_IMAGE);
    assert.equal(await mostAtOnce(30 * 30 - 1), 1);
  });
});

Deno.test("an image with too many pixels altogether is named with the limit, also if it was left for the end", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "large.bmp");
    const file = bmp(20, 20);
    new DataView(file.buffer).setUint32(18, 2 ** 30, true);
    Deno.writeFileSync(path, file);
    const { files } = await new ShareLoader().loadShare(
      newTask({ paths: [path], size: SIZE, resize: "bilinear" }, 100),
    );
    assert.match(files[0]?.broken ?? "", /^BMP: 1073741824 × 20 pixels .* more than the limit of 268,402,689 pixels/);
  });
});

Deno.test("an empty request needs no worker, and a closed loader rejects what it has not loaded", async () => {
  await withTemporaryFolder(async (folder) => {
    const paths = await writeImages(folder);
    await withLoader(2, async (loader) => {
      assert.deepEqual((await loader.load({ paths: [], size: SIZE, resize: "bilinear" })).hashes, []);
      const loading = loader.load({ paths, size: SIZE, resize: "bilinear" });
      loader.close();
      await assert.rejects(loading, /the loader was closed/);
    });
  });
});
