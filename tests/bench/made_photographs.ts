/** JPEG files for measurements, with as much detail as photographs have. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";

/** The size of the images, whose longer side is 500 pixels. */
const WIDTH = 500;
const HEIGHT = 375;
/** Random values this many pixels apart, between which an image is smooth. */
const COARSE = 12;
/** The largest difference of a pixel from the smooth image. */
const GRAIN = 10;
const QUALITY = 88;
/** The number of images of which no two have the same pixels. */
const DIFFERENT = 100;
const CLASSES = ["one", "two"] as const;

/** Writes this number of files, no two of which are equal, into a folder with two classes. */
export async function writePhotographs(folder: string, count: number): Promise<void> {
  for (const name of CLASSES) mkdirSync(join(folder, name), { recursive: true });
  for (let image = 0; image < Math.min(count, DIFFERENT); image++) {
    const jpeg = await photograph(image + 1);
    for (let number = image; number < count; number += DIFFERENT) {
      const path = join(folder, CLASSES[number % CLASSES.length] ?? "", `${String(number).padStart(5, "0")}.jpg`);
      // Decoders ignore what follows the end of the image.
      Deno.writeFileSync(path, jpeg);
      Deno.writeFileSync(path, new Uint8Array(Uint32Array.of(number).buffer), { append: true });
    }
  }
}

/** Returns an image of smooth colors and grain. */
async function photograph(seed: number): Promise<Uint8Array> {
  const random = generator(seed);
  const [width, height] = [Math.ceil(WIDTH / COARSE), Math.ceil(HEIGHT / COARSE)];
  const coarse = Uint8Array.from({ length: width * height * 3 }, () => random() * 256);
  const pixels = await sharp(coarse, { raw: { width, height, channels: 3 } })
    .resize(WIDTH, HEIGHT, { fit: "fill", kernel: "cubic" }).raw().toBuffer();
  for (let place = 0; place < pixels.length; place++) {
    const value = (pixels[place] ?? 0) + (random() * 2 - 1) * GRAIN;
    pixels[place] = Math.max(0, Math.min(255, value));
  }
  return await sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } }).jpeg({ quality: QUALITY })
    .toBuffer();
}

/** Returns a function that returns numbers from 0 to 1: a linear congruential generator. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
