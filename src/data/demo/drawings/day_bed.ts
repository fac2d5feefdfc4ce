import { mix, shade } from "../painting/canvas.ts";
import { box, ellipse, stroke } from "../painting/shapes.ts";
import { type Drawing, metal, pale, vivid, wood } from "./drawing.ts";

/** A long seat seen from the front: rails or padding at the back, an arm at each end, mattress, legs and cushions. */
export const dayBed: Drawing = {
  name: "day bed",
  scale: [26, 33],
  turn: 0.12,
  draw(pen, dice) {
    const frame = dice.chance(0.6) ? wood(dice) : metal(dice);
    const mattress = dice.chance(0.5) ? pale(dice) : vivid(dice);
    const back = dice.between(-0.42, -0.22), arm = dice.between(-0.38, -0.15), seat = dice.between(0.06, 0.16);
    const legs = dice.between(0.48, 0.62);
    for (const side of [-1, 1]) pen.fill(stroke([side * 0.88, 0.3], [side * 0.88, legs], 0.06), shade(frame, 0.8));
    if (dice.chance(0.5)) {
      pen.fill(stroke([-0.92, back], [0.92, back], 0.05), frame);
      const bars = dice.whole(7, 11);
      for (let bar = 1; bar < bars; bar++) {
        const x = -0.92 + (1.84 * bar) / bars;
        pen.fill(stroke([x, back], [x, seat], 0.025), frame);
      }
    } else {
      pen.fill(box(-0.95, back, 0.95, seat + 0.1, 0.1), shade(mattress, 0.75));
    }
    pen.fill(box(-0.95, seat + 0.2, 0.95, seat + 0.34, 0.03), frame);
    const stripes = dice.chance(0.2);
    pen.fill(box(-0.92, seat, 0.92, seat + 0.27, 0.09), (x, y) => {
      const lit = shade(mattress, 1.05 - 0.5 * Math.max(0, y - seat));
      return stripes && Math.floor(x * 9) % 2 === 0 ? shade(lit, 0.7) : lit;
    });
    const cushions = dice.whole(1, 4);
    for (let cushion = 0; cushion < cushions; cushion++) {
      const cover = mix(vivid(dice), pale(dice), dice.between(0, 0.5));
      const x = -0.62 + (1.24 * (cushion + 0.5)) / cushions + dice.between(-0.1, 0.1);
      const half = dice.between(0.15, 0.21), height = dice.between(0.22, 0.3);
      pen.fill(
        box(x - half, seat - height, x + half, seat + 0.05, 0.09),
        (_, y) => shade(cover, 0.95 - y + seat - 0.3),
      );
    }
    for (const side of [-1, 1]) {
      pen.fill(stroke([side * 0.93, arm], [side * 0.93, seat + 0.3], 0.075), frame);
      pen.fill(ellipse(side * 0.93, arm, 0.12, 0.08), shade(frame, 1.15));
    }
  },
};
