/** RLE8 and RLE4 of BMP files. */
import { BrokenImageError } from "./image.ts";
import type { BmpHeader } from "./bmp_header.ts";

const [END_OF_LINE, END_OF_BITMAP, DELTA] = [0, 1, 2];

/**
 * Runs hold 127.5 pixels a byte. A delta leaves out any number, so a file of a few bytes may claim to be complete: more
 * than this in an image that is not small is taken for an attack.
 */
const MOST_PIXELS_A_BYTE = 2000;
const UNCHECKED_PIXELS = 1_000_000;

/**
 * Returns the color of each pixel, rows in the file's order, one byte each. Pixels that a delta or the end of a line
 * leaves out get color 0. A run that is too long for its row is cut off there, and literal pixels go on in the next row,
 * as in Pillow.
 *
 * @param data from the first pixel to the end of the file
 * @throws BrokenImageError where the data ends before the last pixel, or claims to hold far more pixels than bytes
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
  return new BrokenImageError(`BMP: its run-length data end in row ${Math.floor(row) + 1} of ${height}`);
}
