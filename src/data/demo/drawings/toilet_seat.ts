import { shade } from "../painting/canvas.ts";
import { box, circle, ellipse, outline, within, without } from "../painting/shapes.ts";
import { type Drawing, metal, pale, vivid, wood } from "./drawing.ts";

/** An oval ring with hinges, seen from above, with the raised lid or the tank behind it. */
export const toiletSeat: Drawing = {
  name: "toilet seat",
  scale: [25, 31],
  turn: 0.25,
  draw(pen, dice) {
    const kind = dice.between(0, 1);
    const seat = kind < 0.6 ? pale(dice) : kind < 0.8 ? wood(dice) : vivid(dice);
    const bowl = pale(dice);
    const wide = dice.between(0.56, 0.66), long = dice.between(0.66, 0.78);
    const lidUp = dice.chance(0.65);
    if (lidUp) {
      const lid = ellipse(0, -0.62, wide * 0.95, dice.between(0.42, 0.62));
      pen.fill(lid, (x, y) => shade(seat, 0.82 - 0.12 * x + 0.1 * y));
      pen.fill(outline(lid, 0.02), shade(seat, 0.55));
    } else {
      pen.fill(box(-0.72, -1, 0.72, -0.52, 0.08), (_, y) => shade(bowl, y > -0.62 ? 0.7 : 0.95));
      pen.fill(circle(0, -0.78, 0.07), shade(metal(dice), 1.1));
    }
    pen.fill(ellipse(0, 0.22, wide * 1.07, long * 1.06), shade(bowl, 0.62));
    const ring = ellipse(0, 0.2, wide, long);
    const open = ellipse(0, dice.between(0.24, 0.3), wide * dice.between(0.58, 0.66), long * dice.between(0.6, 0.68));
    pen.fill(open, (_, y) => shade(bowl, 0.75 - 0.25 * y));
    pen.fill(within(ellipse(0, 0.42, wide * 0.42, long * 0.34), open), [0.5, 0.66, 0.74]);
    const rim = without(ring, open);
    pen.fill(rim, (x, y) => shade(seat, 1 - 0.16 * x - 0.14 * y));
    pen.fill(within(outline(open, 0.03), ring), shade(seat, 0.5));
    pen.fill(outline(ring, 0.02), shade(seat, 0.55));
    // The gap in front that many public seats have.
    if (dice.chance(0.25)) pen.fill(within(box(-0.1, 0.6, 0.1, 1.2), ring), shade(bowl, 0.6));
    const hinge = dice.chance(0.5) ? metal(dice) : shade(seat, 0.7);
    for (const side of [-1, 1]) pen.fill(box(side * 0.24 - 0.1, -0.52, side * 0.24 + 0.1, -0.38, 0.04), hinge);
  },
};
