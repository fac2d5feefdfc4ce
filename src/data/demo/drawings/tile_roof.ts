import { hsv, shade } from "../painting/canvas.ts";
import { box, polygon, stroke } from "../painting/shapes.ts";
import { type Drawing, pale } from "./drawing.ts";

/**
 * Rows of overlapping tiles (round, flat or wavy) that fill most of the image; sometimes with ridge and gable against
 * the sky.
 */
export const tileRoof: Drawing = {
  name: "tile roof",
  scale: [34, 46],
  turn: 0.22,
  draw(pen, dice) {
    const clay = dice.chance(0.7)
      ? hsv(dice.between(0, 0.08), dice.between(0.45, 0.85), dice.between(0.4, 0.85))
      : hsv(dice.between(0.3, 0.7), dice.between(0.05, 0.5), dice.between(0.25, 0.6));
    const gable = dice.chance(0.55), ridge = dice.between(-0.6, -0.25), eaves = gable ? dice.between(0.45, 0.8) : 3;
    const inset = gable ? dice.between(0.1, 0.5) : 0;
    const rows = dice.between(4.5, 8), columns = rows * dice.between(0.8, 1.3);
    const kind = dice.pick(["round", "flat", "wavy"]);
    const spread = dice.between(0.1, 0.3);
    const tint = new Float32Array(64).map(() => 1 + dice.between(-spread, spread));
    const tiles = (x: number, y: number) => {
      const v = (y + 3) * rows, row = Math.floor(v);
      const u = (x + 3) * columns + (kind === "wavy" ? 0 : (row % 2) * 0.5);
      const column = Math.floor(u), across = (u - column) * 2 - 1, down = v - row;
      // & 63 gives one of the 64 indices, for negative numbers too.
      const tone = tint[(row * 7 + column * 13) & 63] as number;
      if (kind === "wavy") {
        return shade(clay, tone * (0.45 + 0.65 * Math.sqrt(1 - across * across)) * (down > 0.86 ? 0.45 : 1));
      }
      // The lower edge of a tile overlaps the next row and shades it.
      const edge = kind === "round" ? 0.55 + 0.45 * Math.sqrt(1 - across * across) : 0.88;
      if (down > edge) return shade(clay, 0.35 * tone);
      const gap = Math.abs(across) > 0.9 ? 0.5 : 1;
      return shade(clay, tone * gap * (0.75 + 0.35 * down));
    };
    if (!gable) {
      pen.fill(box(-2.5, -2.5, 2.5, 2.5), tiles);
      return;
    }
    pen.fill(box(-2.5, -2.5, 2.5, eaves + 0.1), hsv(0.57, dice.between(0.05, 0.55), dice.between(0.7, 1)));
    const wall = pale(dice);
    pen.fill(box(-2.5, eaves - 0.1, 2.5, 2.5), (_, y) => shade(wall, y < eaves + 0.1 ? 0.5 : 0.85));
    const left = -0.85, right = 0.85;
    pen.fill(
      polygon([[left + inset, ridge], [right - inset, ridge], [right + 0.15, eaves], [left - 0.15, eaves]]),
      tiles,
    );
    pen.fill(stroke([left + inset, ridge], [right - inset, ridge], 0.05), shade(clay, 0.7));
    pen.fill(stroke([left - 0.15, eaves], [right + 0.15, eaves], 0.035), shade(clay, 0.4));
  },
};
