import { shade } from "../painting/canvas.ts";
import { box, ellipse, polygon, stroke, within } from "../painting/shapes.ts";
import { type Drawing, pale, vivid } from "./drawing.ts";

/** A sports shoe seen from the side, toe to the right: sole with treads, upper with heel tab, laces and stripes. */
export const runningShoe: Drawing = {
  name: "running shoe",
  scale: [26, 32],
  turn: 0.3,
  draw(pen, dice) {
    const upper = dice.chance(0.75) ? vivid(dice) : pale(dice);
    const accent = dice.chance(0.5) ? pale(dice) : vivid(dice);
    const sole = dice.chance(0.7) ? pale(dice) : shade(vivid(dice), 0.5);
    const collar = dice.between(-0.5, -0.38), thick = dice.between(0.12, 0.2);
    const body = polygon([
      [-0.88, 0.3],
      [-0.93, -0.1],
      [-0.9, collar],
      [-0.78, collar - 0.03],
      [-0.55, collar + 0.18],
      [-0.32, collar + 0.12],
      [-0.18, collar - 0.06],
      [-0.04, collar + 0.04],
      [0.3, -0.06],
      [0.72, 0.04],
      [0.93, 0.2],
      [0.92, 0.32],
    ], 0.04);
    pen.fill(ellipse(-0.55, collar + 0.1, 0.3, 0.12), shade(upper, 0.3));
    pen.fill(body, (x, y) => shade(upper, 0.9 - 0.35 * y + 0.1 * x));
    pen.fill(within(ellipse(0.95, 0.28, 0.4, 0.3), body), shade(accent, 0.85));
    pen.fill(within(box(-1, -0.2, -0.66, 0.4), body), shade(accent, 0.7));
    const stripes = dice.whole(1, 3), slant = dice.between(0.15, 0.35);
    for (let stripe = 0; stripe < stripes; stripe++) {
      const x = -0.35 + 0.2 * stripe;
      pen.fill(within(stroke([x, 0.32], [x + slant, -0.2], 0.045), body), accent);
    }
    const lace = pale(dice);
    for (let row = 0; row < 4; row++) {
      const x = -0.04 + row * 0.13, y = collar + 0.12 + row * 0.075;
      pen.fill(stroke([x - 0.1, y + 0.08], [x + 0.06, y - 0.04], 0.025), lace);
    }
    const toe = dice.between(0.02, 0.1);
    pen.fill(
      polygon([[-0.95, 0.3], [0.9, 0.3], [1, 0.24], [0.96, 0.34 + thick - toe], [0.7, 0.34 + thick], [
        -0.9,
        0.36 + thick,
      ]], 0.04),
      (_, y) => shade(sole, y > 0.36 + thick / 2 ? 0.7 : 1),
    );
    for (let tread = 0; tread < 8; tread++) {
      const x = -0.82 + tread * 0.21;
      pen.fill(box(x, 0.37 + thick, x + 0.12, 0.43 + thick), shade(sole, 0.35));
    }
  },
};
