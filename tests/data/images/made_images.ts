/** Image files made for tests, by sharp or byte by byte. */
import { Buffer } from "node:buffer";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import sharp from "sharp";

/** Returns width × height × 3 pixel values that differ everywhere. */
export function gradient(width: number, height: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    return (index % 3) * 60 + Math.floor(((pixel % width) * 90) / width) + Math.floor((pixel / width) * 40 / height) +
      seed;
  });
}

/** Returns an image for sharp. */
export function image(width: number, height: number, seed = 0) {
  return sharp(gradient(width, height, seed), { raw: { width, height, channels: 3 } });
}

/** Returns a BMP of 24 or 32 bits: blue, green, red, rows from the bottom up, each padded to four bytes. */
export function bmp(width: number, height: number, bits: 24 | 32 = 24): Uint8Array<ArrayBuffer> {
  const rgb = gradient(width, height);
  const stride = Math.ceil(width * bits / 32) * 4;
  const file = new Uint8Array(54 + stride * height);
  const view = new DataView(file.buffer);
  file.set([0x42, 0x4d]);
  for (const [at, value] of [[2, file.length], [10, 54], [14, 40], [18, width], [22, height]] as const) {
    view.setUint32(at, value, true);
  }
  view.setUint16(26, 1, true);
  view.setUint16(28, bits, true);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const at = 54 + (height - 1 - Math.floor(pixel / width)) * stride + (pixel % width) * bits / 8;
    file.set([rgb[pixel * 3 + 2] ?? 0, rgb[pixel * 3 + 1] ?? 0, rgb[pixel * 3] ?? 0, 255].slice(0, bits / 8), at);
  }
  return file;
}

/**
 * Returns a grey TIFF with one strip of floats, as scientific programs write it. `side` is the width and height it
 * claims.
 */
export function tiff(samples: Float32Array, side = Math.floor(Math.sqrt(samples.length)), subfile = 0): Uint8Array {
  const [short, long] = [3, 4];
  const entries = [
    /** 1 stands for a smaller copy of another image in the file. */
    [254, long, subfile],
    [256, long, side],
    [257, long, side],
    /** Bits per sample. */
    [258, short, 32],
    /** No compression. */
    [259, short, 1],
    /** Zero is black. */
    [262, short, 1],
    [273, long, 8],
    [277, short, 1],
    [278, long, side],
    [279, long, samples.byteLength],
    /** Floating point. */
    [339, short, 3],
  ] as const;
  const pixels = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const file = new Uint8Array(8 + pixels.length + 2 + entries.length * 12 + 4);
  const view = new DataView(file.buffer);
  file.set([0x49, 0x49, 42, 0]);
  view.setUint32(4, 8 + pixels.length, true);
  file.set(pixels, 8);
  view.setUint16(8 + pixels.length, entries.length, true);
  for (const [index, [tag, type, value]] of entries.entries()) {
    const at = 8 + pixels.length + 2 + index * 12;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, 1, true);
    view.setUint32(at + 8, value, true);
  }
  return file;
}

/** Writes files below a folder and creates it. A name is a path relative to it. */
export function writeFiles(folder: string, files: Readonly<Record<string, Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    Deno.writeFileSync(path, content);
  }
}

/** What make_heic.py draws into the quarters: upper left, upper right, lower left, lower right. */
export const HEIC_QUARTERS = [[200, 30, 40], [30, 160, 60], [40, 60, 190], [230, 220, 90]] as const;

/** The image that all HEIC files of make_heic.py show, as sharp takes it. */
export function heicImage() {
  const [width, height] = [48, 32];
  const pixels = Array.from({ length: width * height }, (_, at) => {
    const [right, low] = [at % width >= width / 2, at >= width * height / 2];
    return HEIC_QUARTERS[(low ? 2 : 0) + (right ? 1 : 0)] ?? [];
  });
  return sharp(Uint8Array.from(pixels.flat()), { raw: { width, height, channels: 3 } });
}

/** The files of tests/fixtures/make_heic_pixels.py, by name: each as a HEIC, and as a PNG of the pixels in it. */
export function heicWithPng(): Record<string, { readonly heic: Uint8Array; readonly png: Uint8Array }> {
  const recorded: Record<string, { heic: string; png: string }> = JSON.parse(
    Deno.readTextFileSync(new URL("../../fixtures/heic_pixels.json", import.meta.url)),
  );
  return Object.fromEntries(
    Object.entries(recorded).map(([name, { heic, png }]) => [
      name,
      { heic: Uint8Array.fromBase64(heic), png: Uint8Array.fromBase64(png) },
    ]),
  );
}

/** The HEIC files of tests/fixtures/make_heic.py, by name. */
export function heicFiles(): Record<string, Uint8Array> {
  const recorded: Record<string, string> = JSON.parse(
    Deno.readTextFileSync(new URL("../../fixtures/heic.json", import.meta.url)),
  );
  return Object.fromEntries(
    Object.entries(recorded).map(([name, base64]) => [name, new Uint8Array(Buffer.from(base64, "base64"))]),
  );
}
