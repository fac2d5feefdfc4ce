/** Draws small images with characters. Each character shows two pixels, one above the other. Pure. */
import { type ByteImage, type Image, shrink } from "../../data/dataset/shrink.ts";
import { at } from "../../at.ts";

export type Colour = readonly [red: number, green: number, blue: number];

/** Consecutive characters that have the same colours. */
export interface ImageRun {
  readonly text: string;
  readonly colour: Colour | null;
  readonly ground: Colour | null;
}

/**
 * How two pixels become a character. `halves`: ▀ with the upper pixel as the text colour and the lower one as the
 * background colour. `grounds`: a blank whose background colour is the mean of the two, for terminals without ▀.
 * `shades`: characters of different density, for terminals without colours.
 */
export type ImageStyle = "halves" | "grounds" | "shades";

/** Characters of increasing brightness on a terminal with a dark background. */
const SHADES = " .:-=+*#%@";

/**
 * Draws an image, reduced so that neither side is longer than `side` pixels, in the middle of `side` columns and
 * `side` / 2 lines.
 * @param shownAs converts the reduced image to the colours that the terminal has
 */
export function imageLines(
  image: Image,
  side: number,
  style: ImageStyle,
  shownAs: (small: ByteImage) => ByteImage = (small) => small,
): ImageRun[][] {
  const small = shownAs(shrink(image, side));
  const left = Math.floor((side - small.width) / 2);
  // Even, so that no line is half margin and half image.
  const top = 2 * Math.floor((side - small.height) / 4);
  return Array.from({ length: side / 2 }, (_, line) => {
    const cells = Array.from({ length: side }, (_, column) => {
      const [upper, lower] = [0, 1].map((half) => pixelAt(small, column - left, 2 * line + half - top));
      return cellOf(upper ?? null, lower ?? null, style);
    });
    return joined(cells);
  });
}

function pixelAt({ width, height, pixels }: ByteImage, x: number, y: number): Colour | null {
  if (x < 0 || y < 0 || x >= width || y >= height) return null;
  const first = (y * width + x) * 3;
  return [at(pixels, first), at(pixels, first + 1), at(pixels, first + 2)];
}

const BLANK: ImageRun = { text: " ", colour: null, ground: null };

function cellOf(upper: Colour | null, lower: Colour | null, style: ImageStyle): ImageRun {
  if (!upper && !lower) return BLANK;
  if (style === "halves") {
    if (!upper) return { text: "▄", colour: lower, ground: null };
    if (lower && equal(upper, lower)) return { text: " ", colour: null, ground: lower };
    return { text: "▀", colour: upper, ground: lower };
  }
  const mean = upper && lower ? meanOf(upper, lower) : upper ?? lower;
  if (!mean) return BLANK;
  if (style === "grounds") return { text: " ", colour: null, ground: mean };
  return { text: SHADES.charAt(Math.round(luminance(mean) * (SHADES.length - 1))), colour: null, ground: null };
}

function meanOf(one: Colour, other: Colour): Colour {
  const mean = (channel: 0 | 1 | 2) => Math.round((one[channel] + other[channel]) / 2);
  return [mean(0), mean(1), mean(2)];
}

/** Returns the Rec. 601 luma, from 0 to 1. */
function luminance([red, green, blue]: Colour): number {
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}

function joined(cells: readonly ImageRun[]): ImageRun[] {
  const runs: ImageRun[] = [];
  for (const cell of cells) {
    const last = runs.at(-1);
    const same = last && sameColour(last.colour, cell.colour) && sameColour(last.ground, cell.ground);
    if (same) runs[runs.length - 1] = { ...last, text: last.text + cell.text };
    else runs.push(cell);
  }
  return runs;
}

function sameColour(one: Colour | null, other: Colour | null): boolean {
  return one === other || (one !== null && other !== null && equal(one, other));
}

function equal(one: Colour, other: Colour): boolean {
  return one.every((channel, index) => channel === other[index]);
}
