/** Picture files made for tests, by sharp or byte by byte. */
import { Buffer } from "node:buffer";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { encode as encodeBmp } from "bmp-ts";
import sharp from "sharp";

/** Pixels of width × height × 3 that differ everywhere. */
export function gradient(width: number, height: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    return (index % 3) * 60 + Math.floor(((pixel % width) * 90) / width) + Math.floor((pixel / width) * 40 / height) +
      seed;
  });
}

/** A picture as sharp takes it. */
export function picture(width: number, height: number, seed = 0) {
  return sharp(gradient(width, height, seed), { raw: { width, height, channels: 3 } });
}

/** A BMP of 24 or 32 bits. */
export function bmp(width: number, height: number, bitPP: 24 | 32 = 24): Uint8Array {
  const rgb = gradient(width, height);
  const data = new Uint8Array(width * height * 4);
  // The encoder takes ABGR.
  for (let pixel = 0; pixel < width * height; pixel++) {
    data.set([255, rgb[pixel * 3 + 2] ?? 0, rgb[pixel * 3 + 1] ?? 0, rgb[pixel * 3] ?? 0], pixel * 4);
  }
  return new Uint8Array(encodeBmp({ data: Buffer.from(data), width, height, bitPP }).data);
}

/** Writes files below a folder, which is made; a name is a path from it. */
export function writeFiles(folder: string, files: Readonly<Record<string, Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    Deno.writeFileSync(path, content);
  }
}
