import { mix, shade } from "../painting/canvas.ts";
import { box, ellipse, polygon, stroke } from "../painting/shapes.ts";
import { type Drawing, metal, pale, vivid } from "./drawing.ts";

/** A bottle with a pump: spout, plunger, collar and shoulders. It has a label, or the liquid shows through the wall. */
export const soapDispenser: Drawing = {
  name: "soap dispenser",
  scale: [25, 32],
  turn: 0.25,
  draw(pen, dice) {
    const body = dice.chance(0.55) ? vivid(dice) : pale(dice);
    const pump = dice.pick([metal, pale])(dice);
    const half = dice.between(0.3, 0.46), shoulder = dice.between(-0.18, 0), reach = dice.between(0.34, 0.5);
    const side = dice.pick([-1, 1]);
    pen.fill(stroke([0, -0.35], [0, -0.8], 0.05), shade(pump, 0.85));
    pen.fill(stroke([-side * 0.1, -0.82], [side * reach, -0.82], 0.075), pump);
    pen.fill(stroke([side * reach, -0.82], [side * (reach + 0.06), -0.68], 0.05), shade(pump, 0.8));
    pen.fill(box(-0.14, -0.5, 0.14, -0.28, 0.04), (x) => shade(pump, 0.9 - x * 1.5));
    const bottom = 0.92, waist = half * dice.between(0.85, 1.05);
    const rounded = dice.chance(0.3);
    const lit = (x: number) => 0.95 - 0.45 * (x / half) * (x / half) - 0.15 * (x / half);
    const level = dice.between(0.05, 0.4), clear = dice.chance(0.35), soap = vivid(dice);
    const bottle = rounded ? ellipse(0, 0.32, half * 1.15, 0.62) : polygon(
      [[-0.13, -0.3], [0.13, -0.3], [half, shoulder], [waist, bottom], [-waist, bottom], [-half, shoulder]],
      0.05,
    );
    pen.fill(bottle, (x, y) => shade(clear ? (y > level ? soap : mix(soap, [1, 1, 1], 0.7)) : body, lit(x)));
    if (!clear && dice.chance(0.75)) {
      const label = dice.chance(0.5) ? pale(dice) : vivid(dice);
      const top = dice.between(0.1, 0.25);
      pen.fill(box(-half * 0.72, top, half * 0.72, top + 0.42, 0.05), (x) => shade(label, lit(x) + 0.05));
      pen.fill(ellipse(0, top + 0.2, 0.12, 0.12), shade(soap, 0.8));
    }
    pen.fill(stroke([-half * 0.66, shoulder + 0.2], [-half * 0.62, 0.6], 0.03), [1, 1, 1], 0.5);
  },
};
