/** Decodes the run-length encodings RLE8 and RLE4 of BMP files. */
import { BrokenImageError } from "./image.ts";
import type { BmpHeader } from "./bmp_header.ts";

const [END_OF_LINE, END_OF_BITMAP, DELTA] = [0, 1, 2];

/**
 * The maximum number of pixels per byte. Runs have at most 127.5, but a delta skips any number of pixels, so a file of
 * a few bytes can claim to be a complete large image. Larger ratios are rejected as an attack, except in small images.
 */
const MOST_PIXELS_A_BYTE = 2000;
const UNCHECKED_PIXELS = 1_000_000;

/**
 * Returns the palette index of each pixel, one byte each, in the file's order of rows. Pixels that a delta or the end
 * of a line skips get index 0. As in Pillow, a run that is too long for its row is cut off, and literal pixels continue
 * in the next row.
 *
 * @param data from the first pixel to the end of the file
 * @throws BrokenImageError if the data ends before the last pixel or claims far more pixels than it has bytes
 */
export function decodeRunLength(data: Uint8Array, { width, height, bits }: BmpHeader): Uint8Array {
  const total = width * height;
  if (total > UNCHECKED_PIXELS && total > data.length * MOST_PIXELS_A_BYTE) {
    throw new BrokenImageError(
      `BMP: ${width} × ${height} pixels are too many for ${data.length} bytes of run lengths`,
    );
  }
  const colors = new Uint8Array(total);
  let from = 0;
  let to = 0;
  let column = 0;
  while (to < total) {
    if (from + 2 > data.length) throw cutShort(to / width, height);
    const count = data[from++] as number;
    const value = data[from++] as number;
    if (count > 0) {
      const run = Math.min(count, Math.max(0, width - column), total - to);
      fill(colors, to, run, value, bits);
      to += run;
      column += run;
    } else if (value === END_OF_LINE) {
      to = Math.ceil(to / width) * width;
      column = 0;
    } else if (value === END_OF_BITMAP) {
      throw cutShort(to / width, height);
    } else if (value === DELTA) {
      if (from + 2 > data.length) throw cutShort(to / width, height);
      const right = data[from++] as number;
      const up = data[from++] as number;
      to = Math.min(total, to + right + up * width);
      column = to % width;
    } else {
      const literal = Math.min(value, total - to);
      const bytes = bits === 4 ? Math.ceil(literal / 2) : literal;
      if (from + bytes > data.length) throw cutShort(to / width, height);
      copy(colors, to, literal, data, from, bits);
      to += literal;
      column += value;
      from += bytes + bytes % 2;
    }
  }
  return colors;
}

function fill(colors: Uint8Array, to: number, count: number, value: number, bits: number): void {
  if (bits === 8) {
    colors.fill(value, to, to + count);
    return;
  }
  for (let index = 0; index < count; index++) colors[to + index] = index % 2 === 0 ? value >> 4 : value & 15;
}

function copy(colors: Uint8Array, to: number, count: number, data: Uint8Array, from: number, bits: number): void {
  if (bits === 8) {
    colors.set(data.subarray(from, from + count), to);
    return;
  }
  for (let index = 0; index < count; index++) {
    const pair = data[from + (index >> 1)] as number;
    colors[to + index] = index % 2 === 0 ? pair >> 4 : pair & 15;
  }
}

function cutShort(row: number, height: number): BrokenImageError {
  return new BrokenImageError(`BMP: its run-length data ends in row ${Math.floor(row) + 1} of ${height}`);
}
