/** The images that Keras was asked about, as files. */
import { join } from "node:path";
import sharp from "sharp";
import { IMAGES, pixels, SIZE } from "../model/keras_files.ts";

/** Writes the images into a folder. */
export async function writeKerasImages(folder: string): Promise<string[]> {
  const all = Uint8Array.from(pixels());
  return await Promise.all(Array.from({ length: IMAGES }, async (_, index) => {
    const path = join(folder, `${index}.png`);
    const size = SIZE * SIZE * 3;
    const raw = { width: SIZE, height: SIZE, channels: 3 } as const;
    await sharp(all.subarray(index * size, (index + 1) * size), { raw }).png().toFile(path);
    return path;
  }));
}
