/** The palette of 256-colour terminals: a cube with six levels per channel, and greys. Pure. */
import { at } from "../../at.ts";
import type { ByteImage } from "../../data/dataset/shrink.ts";
import type { Colour } from "./image_cells.ts";

/** The levels of xterm's colour cube, which other terminals adopted. They are not evenly spaced. */
const LEVELS = [0, 95, 135, 175, 215, 255] as const;
const CUBE = 16;
const GREYS = 232;

/** Colours 16 to 255. The first 16 depend on the theme of the terminal. */
const PALETTE: readonly { readonly number: number; readonly colour: Colour }[] = [
  ...LEVELS.flatMap((red, r) =>
    LEVELS.flatMap((green, g) =>
      LEVELS.map((blue, b) => ({ number: CUBE + 36 * r + 6 * g + b, colour: [red, green, blue] as const }))
    )
  ),
  ...Array.from({ length: 24 }, (_, index) => {
    const grey = 8 + 10 * index;
    return { number: GREYS + index, colour: [grey, grey, grey] as const };
  }),
];

const known = new Map<number, { number: number; colour: Colour }>();

/** Returns the colour of the palette that looks most similar. */
export function nearestOf256(colour: Colour): { readonly number: number; readonly colour: Colour } {
  const key = (colour[0] << 16) | (colour[1] << 8) | colour[2];
  const before = known.get(key);
  if (before) return before;
  let nearest = at(PALETTE, 0);
  let least = Infinity;
  for (const entry of PALETTE) {
    const distance = distanceOf(colour, entry.colour);
    if (distance < least) [nearest, least] = [entry, distance];
  }
  known.set(key, nearest);
  return nearest;
}

/** Returns Riemersma's weighted distance ("redmean"), which is close to CIE L*u*v* and much cheaper to compute. */
function distanceOf(one: Colour, other: Colour): number {
  const red = (one[0] + other[0]) / 2;
  const [r, g, b] = [one[0] - other[0], one[1] - other[1], one[2] - other[2]];
  return (2 + red / 256) * r * r + 4 * g * g + (2 + (255 - red) / 256) * b * b;
}

/** The share of a pixel's error that is diffused. All of it would turn flat areas of such small images into noise. */
const DIFFUSED = 0.75;

/** Converts an image to the 256 colours with the error diffusion of Floyd and Steinberg (1976). */
export function in256Colours({ width, height, pixels }: ByteImage): ByteImage {
  const wanted = Float32Array.from(pixels);
  const result = new Uint8Array(pixels.length);
  const pass = (x: number, y: number, channel: number, error: number) => {
    if (x < 0 || x >= width || y >= height) return;
    const index = (y * width + x) * 3 + channel;
    wanted[index] = at(wanted, index) + error;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const first = (y * width + x) * 3;
      const exact = [0, 1, 2].map((channel) => Math.max(0, Math.min(255, Math.round(at(wanted, first + channel)))));
      const { colour } = nearestOf256([at(exact, 0), at(exact, 1), at(exact, 2)]);
      result.set(colour, first);
      for (const [channel, value] of colour.entries()) {
        const error = (at(exact, channel) - value) * DIFFUSED;
        pass(x + 1, y, channel, error * 7 / 16);
        pass(x - 1, y + 1, channel, error * 3 / 16);
        pass(x, y + 1, channel, error * 5 / 16);
        pass(x + 1, y + 1, channel, error / 16);
      }
    }
  }
  return { width, height, pixels: result };
}
