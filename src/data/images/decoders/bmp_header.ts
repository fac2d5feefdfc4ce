/**
 * Reads the headers of BMP files. Follows Microsoft's BITMAPINFOHEADER family and OS/2's two headers, and Pillow's
 * BmpImagePlugin where actual files differ from the specification.
 */
import { BrokenImageError, checkSize } from "./image.ts";

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** Whether the rows are stored from top to bottom instead of from bottom to top. */
  readonly topDown: boolean;
  readonly bits: 1 | 4 | 8 | 16 | 24 | 32;
  readonly runLength: boolean;
  /** The bits of a pixel that are red, green and blue, for 16 bits and more. */
  readonly masks: readonly [number, number, number];
  /** The palette, 256 colors × RGB, for up to 8 bits. */
  readonly palette: Uint8Array;
  /** The offset of the pixels in the file, in bytes. */
  readonly offset: number;
}

const FILE_HEADER = 14;
/** BITMAPCOREHEADER, with 16-bit sizes and three bytes per color. */
const CORE_HEADER = 12;
const INFO_HEADER = 40;
const OS2_HEADER = 64;
const HEADERS = [CORE_HEADER, INFO_HEADER, 52, 56, OS2_HEADER, 108, 124];

/** The maximum size of a palette. No real file has more colors; Pillow has the same limit. */
const MOST_COLORS = 65_536;

const [PLAIN, RLE8, RLE4, BITFIELDS] = [0, 1, 2, 3] as const;

const MASKS_15 = [0x7c00, 0x3e0, 0x1f] as const;
const MASKS_24 = [0xff0000, 0xff00, 0xff] as const;

/** Returns whether bytes start like a BMP file. The header's size is checked too, because text may begin with "BM". */
export function startsAsBmp(bytes: Uint8Array): boolean {
  if (bytes.length < FILE_HEADER + 4 || bytes[0] !== 0x42 || bytes[1] !== 0x4d) return false;
  return HEADERS.includes(viewOf(bytes).getUint32(FILE_HEADER, true));
}

/**
 * Reads the headers and the palette.
 * @throws BrokenImageError if they are truncated or contradictory, or if the image's kind is not supported;
 * TooManyPixelsError if it has more than `most` pixels
 */
export function readBmpHeader(bytes: Uint8Array, most: number): BmpHeader {
  const view = viewOf(bytes);
  const need = (length: number) => {
    if (bytes.length < length) throw new BrokenImageError("BMP: the header is cut short");
  };
  need(FILE_HEADER + 4);
  const size = view.getUint32(FILE_HEADER, true);
  if (!HEADERS.includes(size)) throw new BrokenImageError(`BMP: a header of ${size} bytes is not supported`);
  const end = FILE_HEADER + size;
  need(end);
  const core = size === CORE_HEADER;
  const width = core ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = core ? view.getUint16(20, true) : view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  checkSize("bmp", width, height, most);
  const bits = bitsOf(view.getUint16(core ? 24 : 28, true));
  const compression = core ? PLAIN : view.getUint32(30, true);
  checkCompression(compression, bits, size);
  const colors = bits > 8 ? 0 : (core ? 0 : view.getUint32(46, true)) || 2 ** bits;
  if (colors > MOST_COLORS) throw new BrokenImageError(`BMP: the header is damaged (${colors} colors)`);
  const entry = core ? 3 : 4;
  // With the shortest header, the three masks follow it.
  const masksEnd = compression === BITFIELDS && size === INFO_HEADER ? end + 12 : end;
  need(masksEnd);
  const paletteEnd = masksEnd + entry * colors;
  const offset = view.getUint32(10, true);
  if (offset > 0 && offset < end) throw new BrokenImageError(`BMP: the header is damaged (pixels at byte ${offset})`);
  return {
    width,
    height,
    topDown: signedHeight < 0,
    bits,
    runLength: compression === RLE8 || compression === RLE4,
    masks: compression === BITFIELDS ? masksAt(view, bits) : bits === 16 ? MASKS_15 : MASKS_24,
    palette: bits <= 8 ? paletteOf(bytes.subarray(masksEnd, paletteEnd), entry) : new Uint8Array(),
    // Some writers leave the offset 0 or do not count the palette.
    offset: offset === 0 || offset === end ? paletteEnd : offset,
  };
}

function bitsOf(bits: number): BmpHeader["bits"] {
  switch (bits) {
    case 1:
    case 4:
    case 8:
    case 16:
    case 24:
    case 32:
      return bits;
  }
  throw new BrokenImageError(`BMP: ${bits} bits per pixel are not supported. Save it as PNG`);
}

/** The names of the compressions by number. OS/2's second header uses other ones from 3 on. */
const COMPRESSIONS = ["no compression", "RLE8", "RLE4", "bit masks", "an embedded JPEG", "an embedded PNG"];
const OS2_COMPRESSIONS = ["no compression", "RLE8", "RLE4", "Huffman compression", "RLE24"];

function checkCompression(compression: number, bits: number, headerSize: number): void {
  const os2 = headerSize === OS2_HEADER;
  const name = (os2 ? OS2_COMPRESSIONS : COMPRESSIONS)[compression] ?? `compression ${compression}`;
  if (compression > (os2 ? RLE4 : BITFIELDS)) {
    throw new BrokenImageError(`BMP: ${name} is not supported. Save it as PNG`);
  }
  const fits = [true, bits === 8, bits === 4, bits >= 16][compression];
  if (!fits) throw new BrokenImageError(`BMP: the header is damaged (${name} with ${bits} bits per pixel)`);
}

/** Reads the color masks that follow the first 40 bytes of any header. All zero stands for the usual order. */
function masksAt(view: DataView, bits: number): readonly [number, number, number] {
  const [red, green, blue] = [54, 58, 62].map((at) => view.getUint32(at, true)) as [number, number, number];
  if (bits === 32 && red === 0 && green === 0 && blue === 0) return MASKS_24;
  const usable = [red, green, blue].every((mask) => {
    const width = 32 - Math.clz32(mask) - shiftOf(mask);
    return mask !== 0 && width <= 8 && mask >>> shiftOf(mask) === 2 ** width - 1 && 32 - Math.clz32(mask) <= bits;
  });
  if (usable && (red & green) === 0 && (green & blue) === 0 && (red & blue) === 0) return [red, green, blue];
  const masks = [red, green, blue].map((mask) => mask.toString(16)).join(", ");
  throw new BrokenImageError(`BMP: the color masks ${masks} are not supported. Save it as PNG`);
}

/** Returns the number of zero bits below a mask. */
export function shiftOf(mask: number): number {
  return 31 - Math.clz32(mask & -mask);
}

/**
 * Returns the palette as red, green, blue; the file has blue first. Missing colors are filled in as Pillow does it:
 * with black, or with the rest of a grey ramp if the existing colors are its start.
 */
function paletteOf(bytes: Uint8Array, entry: number): Uint8Array {
  const ramp = Uint8Array.from({ length: 256 * 3 }, (_, index) => Math.floor(index / 3));
  const palette = new Uint8Array(256 * 3);
  const colors = Math.min(256, Math.floor(bytes.length / entry));
  for (let color = 0; color < colors; color++) {
    const [blue = 0, green = 0, red = 0] = bytes.subarray(color * entry, color * entry + 3);
    palette.set([red, green, blue], color * 3);
  }
  return palette.subarray(0, colors * 3).every((value, index) => value === ramp[index]) ? ramp : palette;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
