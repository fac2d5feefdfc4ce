import { type Colour, shade } from "../painting/canvas.ts";
import { box, circle, outline, type Point, polygon, type Shape, stroke } from "../painting/shapes.ts";
import type { Dice } from "../../dataset/dice.ts";
import { type Drawing, metal, type Pen } from "./drawing.ts";

const PAINTS: readonly [Colour, ...Colour[]] = [
  [0.05, 0.4, 0.22],
  [0.08, 0.25, 0.6],
  [0.75, 0.08, 0.1],
  [0.95, 0.75, 0.1],
  [0.9, 0.9, 0.9],
  [0.35, 0.2, 0.1],
];

/** Returns a regular polygon with a corner at the top or, if `flat`, an edge. */
function regular(corners: number, x: number, y: number, radius: number, flat: boolean): Shape {
  const points = Array.from({ length: corners }, (_, corner): Point => {
    const angle = ((corner + (flat ? 0.5 : 0)) / corners) * 2 * Math.PI;
    return [x + radius * Math.sin(angle), y - radius * Math.cos(angle)];
  });
  return polygon(points, 0.03);
}

/** Draws a row of short strokes, which look like lettering at this size. */
function lettering(pen: Pen, dice: Dice, left: number, right: number, y: number, height: number, ink: Colour): void {
  const letters = Math.max(3, Math.round((right - left) / 0.17));
  for (let letter = 0; letter < letters; letter++) {
    const x = left + ((letter + 0.5) * (right - left)) / letters, half = height / 2;
    const lean = dice.between(-0.04, 0.04);
    pen.fill(stroke([x - lean, y - half], [x + lean, y + half], 0.026), ink);
    if (dice.chance(0.7)) {
      const bar = y + dice.pick([-half, 0, half]);
      pen.fill(stroke([x - 0.045, bar], [x + 0.045, bar], 0.024), ink);
    }
  }
}

/** A sign on a pole with lettering or a symbol: street names, arrow, stop, warning or round. */
export const streetSign: Drawing = {
  name: "street sign",
  scale: [26, 33],
  turn: 0.2,
  draw(pen, dice) {
    const paint = dice.pick(PAINTS);
    const bright = paint[0] + paint[1] + paint[2] > 1.5;
    const ink: Colour = bright ? [0.1, 0.1, 0.12] : [0.95, 0.95, 0.95];
    const pole = shade(metal(dice), 0.8);
    const kind = dice.pick(["name", "names", "octagon", "diamond", "round", "arrow"]);
    pen.fill(box(-0.05, kind === "name" || kind === "names" ? -0.75 : -0.4, 0.05, 1.6), (x) => shade(pole, 1 - 6 * x));
    if (kind === "name" || kind === "names" || kind === "arrow") {
      const rows = kind === "names" ? 2 : 1;
      for (let row = 0; row < rows; row++) {
        const y = -0.5 + row * 0.48, half = dice.between(0.75, 0.95), slip = dice.between(-0.06, 0.06);
        const blade = kind === "arrow"
          ? polygon(
            [[-half, y - 0.22], [half * 0.7, y - 0.22], [half, y], [half * 0.7, y + 0.22], [-half, y + 0.22]],
            0.02,
          )
          : box(slip - half, y - 0.22, slip + half, y + 0.22, 0.05);
        pen.fill(blade, paint);
        pen.fill(outline(blade, 0.025), ink, 0.9);
        lettering(pen, dice, slip - half * 0.78, slip + half * 0.62, y, 0.2, ink);
      }
      return;
    }
    const board = kind === "octagon"
      ? regular(8, 0, -0.3, 0.6, true)
      : kind === "diamond"
      ? regular(dice.pick([3, 4]), 0, -0.28, 0.66, false)
      : circle(0, -0.3, 0.58);
    pen.fill(board, paint);
    pen.fill(outline(board, 0.045), kind === "round" ? [0.75, 0.08, 0.1] : ink);
    if (kind === "octagon") lettering(pen, dice, -0.42, 0.42, -0.3, 0.26, ink);
    else if (kind === "round") pen.fill(box(-0.38, -0.38, 0.38, -0.22), ink);
    else {
      pen.fill(stroke([0, -0.5], [0, -0.22], 0.06), ink);
      pen.fill(circle(0, -0.07, 0.06), ink);
    }
  },
};
