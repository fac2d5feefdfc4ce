/** Small images in characters: two pixels in each, one above the other. Pure. */
import { type ByteImage, type Image, shrink } from "../../data/dataset/shrink.ts";
import { at } from "../../at.ts";

export type Colour = readonly [red: number, green: number, blue: number];

/** Some equal characters in a row. */
export interface ImageRun {
  readonly text: string;
  readonly colour: Colour | null;
  readonly ground: Colour | null;
}

/**
 * `halves`: ▀, the upper pixel in the text's colour and the lower one in the ground's. `grounds`: blanks on the mean of the
 * two, where there is no ▀. `shades`: characters of more or less ink, where there are no colours.
 */
export type ImageStyle = "halves" | "grounds" | "shades";

/** Ink for brightness, darkest first: what a dark terminal shows bright is bright. */
const SHADES = " .:-=+*#%@";

/**
 * The image in lines, no side longer than `side` pixels, in the middle of `side` × `side` / 2 characters.
 * @param shownAs what becomes of the small image where there are not all colours
 */
export function imageLines(
  image: Image,
  side: number,
  style: ImageStyle,
  shownAs: (small: ByteImage) => ByteImage = (small) => small,
): ImageRun[][] {
  const small = shownAs(shrink(image, side));
  const left = Math.floor((side - small.width) / 2);
  // Even, so that no line has half of the margin.
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

/** 0 to 1: Rec. 601 luma. */
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
