/**
 * Pillow's bicubic resizing, bit for bit (`Image.resize` with BICUBIC, src/libImaging/Resample.c): grocery10's arrays
 * were made with it.
 */
import type { Image } from "../../src/data/images/decoders/image.ts";

/** The number of fraction bits of a weight. */
const FRACTION_BITS = 22;
const HALF = 1 << (FRACTION_BITS - 1);
/** How far the filter reaches, in pixels of the smaller scale. */
const REACH = 2;
/** The parameter of the cubic convolution. */
const A = -0.5;

/** The source pixels that one target pixel is computed from. */
interface Taps {
  readonly first: number;
  readonly weights: Int32Array;
}

/** Resizes to `width` × `height`. As Pillow does where images shrink, resizes and rounds the rows first, then the columns. */
export function resizeBicubic(image: Image, width: number, height: number): Image {
  const { width: from, height: rows } = image;
  const wide = resample(image.pixels, tapsOf(from, width), { lines: rows, line: from * 3, step: 3 });
  const pixels = resample(wide, tapsOf(rows, height), { lines: width, line: 3, step: width * 3 });
  return { width, height, pixels };
}

function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
}

function tapsOf(from: number, to: number): Taps[] {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  return Array.from({ length: to }, (_, place) => {
    const center = (place + 0.5) * scale;
    const first = Math.max(Math.trunc(center - REACH * stretch + 0.5), 0);
    const end = Math.min(Math.trunc(center + REACH * stretch + 0.5), from);
    const weights = Array.from(
      { length: end - first },
      (_, tap) => cubic((tap + first - center + 0.5) * (1 / stretch)),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return {
      first,
      // Rounds halves away from zero.
      weights: Int32Array.from(weights, (weight) => {
        const scaled = weight / sum * (1 << FRACTION_BITS);
        return Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
      }),
    };
  });
}

/** Where the pixels of an array are: `line` from one line to the next, `step` from one pixel of a line to the next. */
interface Strides {
  readonly lines: number;
  readonly line: number;
  readonly step: number;
}

/** Resamples each line. The result has the same order of axes as the pixels. */
function resample(pixels: Uint8Array, taps: readonly Taps[], { lines, line, step }: Strides): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(lines * taps.length * 3);
  const alongRows = step === 3;
  for (let at = 0; at < lines; at++) {
    for (const [place, { first, weights }] of taps.entries()) {
      const target = alongRows ? (at * taps.length + place) * 3 : (place * lines + at) * 3;
      for (let channel = 0; channel < 3; channel++) {
        let sum = HALF;
        // A loop over entries takes several times as long.
        for (let tap = 0, from = at * line + first * step + channel; tap < weights.length; tap++, from += step) {
          sum += (pixels[from] ?? 0) * (weights[tap] ?? 0);
        }
        result[target + channel] = Math.min(Math.max(sum >> FRACTION_BITS, 0), 255);
      }
    }
  }
  return result;
}
