/**
 * Decodes BMP files, which sharp's build of libvips does not. This is our own code because bmp-ts silently decodes
 * palettes to wrong colors, and fast-bmp does not support palettes, run lengths or 16 bits.
 */
import { BrokenImageError, type Image, MOST_PIXELS } from "./image.ts";
import { type BmpHeader, readBmpHeader, shiftOf } from "./bmp_header.ts";
import { decodeRunLength } from "./bmp_run_length.ts";

/**
 * Decodes a BMP file of 1, 4 or 8 bits (palette, plain or run-length encoded) or 16, 24 or 32 bits. Returns the bytes
 * that Pillow returns for it as RGB. Drops alpha.
 *
 * @throws BrokenImageError if the file is damaged, truncated or of a kind that is not supported; TooManyPixelsError if
 * it has more than `most` pixels
 */
export function decodeBmp(bytes: Uint8Array, most: number = MOST_PIXELS): Image {
  const header = readBmpHeader(bytes, most);
  const { width, height, bits, runLength, offset } = header;
  const data = bytes.subarray(offset);
  if (runLength) {
    const colors = decodeRunLength(data, header);
    return { width, height, pixels: paint(header, colors, width, 8) };
  }
  const stride = Math.floor((width * bits + 31) / 32) * 4;
  const row = Math.ceil(width * bits / 8);
  // Many writers leave out the padding of the last row.
  if (data.length < (height - 1) * stride + row) {
    throw new BrokenImageError(`BMP: it is truncated (${data.length} of ${height * stride} bytes of pixels)`);
  }
  return { width, height, pixels: bits <= 8 ? paint(header, data, stride, bits) : unmask(header, data, stride) };
}

/** Returns the image's row for a row in the file. */
function rowOf({ height, topDown }: BmpHeader, stored: number): number {
  return topDown ? stored : height - 1 - stored;
}

/** Converts pixels of 1, 4 or 8 bits, which are indices into the palette, to RGB. */
function paint(header: BmpHeader, data: Uint8Array, stride: number, bits: number): Uint8Array {
  const { width, height, palette } = header;
  const pixels = new Uint8Array(width * height * 3);
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  for (let stored = 0; stored < height; stored++) {
    let to = rowOf(header, stored) * width * 3;
    for (let x = 0; x < width; x++) {
      // The indices are within the checked lengths; checking each value would take ten times as long.
      const byte = data[stored * stride + Math.floor(x / perByte)] as number;
      const color = ((byte >> (8 - bits - (x % perByte) * bits)) & mask) * 3;
      pixels[to++] = palette[color] as number;
      pixels[to++] = palette[color + 1] as number;
      pixels[to++] = palette[color + 2] as number;
    }
  }
  return pixels;
}

/** Converts pixels of 16, 24 or 32 bits (little-endian) to RGB. The masks say which bits are red, green and blue. */
function unmask(header: BmpHeader, data: Uint8Array, stride: number): Uint8Array {
  const { width, height, bits, masks } = header;
  const pixels = new Uint8Array(width * height * 3);
  const step = bits / 8;
  const channels = masks.map((mask) => ({ mask, shift: shiftOf(mask), bytes: toBytes(mask >>> shiftOf(mask)) }));
  for (let stored = 0; stored < height; stored++) {
    let from = stored * stride;
    let to = rowOf(header, stored) * width * 3;
    for (let x = 0; x < width; x++, from += step) {
      let pixel = (data[from] as number) | ((data[from + 1] as number) << 8);
      if (step > 2) pixel |= (data[from + 2] as number) << 16;
      if (step > 3) pixel |= (data[from + 3] as number) << 24;
      for (const { mask, shift, bytes } of channels) pixels[to++] = bytes[(pixel & mask) >>> shift] as number;
    }
  }
  return pixels;
}

/** Returns the byte for each value of a channel, scaled so that the largest value becomes 255. */
function toBytes(largest: number): Uint8Array {
  return Uint8Array.from({ length: largest + 1 }, (_, value) => Math.floor(value * 255 / largest));
}
