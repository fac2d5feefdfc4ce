import { type Colour, mix, shade } from "../painting/canvas.ts";
import { box, circle, ellipse, outline, stroke } from "../painting/shapes.ts";
import { type Drawing, metal, pale, vivid } from "./drawing.ts";

const FOODS: readonly [Colour, ...Colour[]] = [
  [0.75, 0.2, 0.12],
  [0.3, 0.55, 0.18],
  [0.85, 0.65, 0.25],
  [0.45, 0.28, 0.15],
  [0.95, 0.85, 0.55],
];

/** A round plate seen from above, empty or with food, often between a fork and a knife. */
export const plate: Drawing = {
  name: "plate",
  scale: [25, 31],
  turn: 0.4,
  draw(pen, dice) {
    const body = dice.chance(0.7) ? pale(dice) : mix(vivid(dice), pale(dice), 0.4);
    const trim = vivid(dice);
    const tilt = dice.between(0.72, 1);
    const cutlery = dice.chance(0.5), radius = cutlery ? 0.72 : 0.92;
    const round = (share: number) => ellipse(0, 0, radius * share, radius * share * tilt);
    pen.fill(round(1.02), shade(body, 0.55));
    pen.fill(round(0.99), (x, y) => shade(body, 0.97 + 0.1 * (x + y)));
    if (dice.chance(0.6)) pen.fill(outline(round(dice.between(0.86, 0.93)), 0.025), trim);
    pen.fill(round(0.68), shade(body, 0.72));
    pen.fill(round(0.65), (x, y) => shade(body, 0.92 - 0.12 * (x + y)));
    if (dice.chance(0.45)) {
      const bites = dice.whole(2, 5);
      for (let bite = 0; bite < bites; bite++) {
        const food = dice.pick(FOODS), size = dice.between(0.1, 0.2);
        const x = dice.between(-0.22, 0.22), y = dice.between(-0.22, 0.22);
        pen.fill(circle(x, y, size), (px, py) => shade(food, 1.05 - (px - x + py - y) / size / 4));
      }
    } else if (dice.chance(0.3)) {
      pen.fill(outline(round(0.35), 0.03), trim);
    }
    if (!cutlery) return;
    const steel = shade(metal(dice), 1.1);
    pen.fill(stroke([-0.9, 0], [-0.9, 0.65], 0.04), steel);
    for (const tine of [-0.08, 0, 0.08]) pen.fill(stroke([-0.9 + tine, -0.1], [-0.9 + tine, -0.5], 0.024), steel);
    pen.fill(box(-1, -0.14, -0.8, 0, 0.04), steel);
    pen.fill(box(0.84, -0.6, 0.97, 0.1, 0.06), steel);
    pen.fill(stroke([0.9, 0.1], [0.9, 0.65], 0.045), shade(steel, 0.7));
  },
};
