import { hsv, mix, shade } from "../painting/canvas.ts";
import { box, circle, outline } from "../painting/shapes.ts";
import { type Drawing, metal, pale, vivid } from "./drawing.ts";

/** A box with a round door and, above it, a panel with knob, display and drawer. The drum may contain laundry. */
export const washingMachine: Drawing = {
  name: "washing machine",
  scale: [25, 31],
  turn: 0.12,
  draw(pen, dice) {
    const body = dice.chance(0.8) ? pale(dice) : shade(metal(dice), 0.8);
    const half = dice.between(0.68, 0.8), panel = dice.between(-0.62, -0.5);
    const lean = dice.between(-0.12, 0.12);
    pen.fill(box(-half, -0.92, half, 0.92, 0.06), (x, y) => shade(body, 0.95 - lean * x * 3 - 0.08 * y));
    pen.fill(outline(box(-half, -0.92, half, 0.92, 0.06), 0.02), shade(body, 0.45));
    pen.fill(box(-half + 0.03, panel - 0.02, half - 0.03, panel + 0.02), shade(body, 0.5));
    const side = dice.pick([-1, 1]), y = (panel - 0.92) / 2;
    pen.fill(circle(side * 0.45, y, 0.11), shade(metal(dice), 0.7));
    pen.fill(circle(side * 0.45, y, 0.06), shade(metal(dice), 1.2));
    const drawer = box(-side * 0.42 - 0.22, y - 0.09, -side * 0.42 + 0.22, y + 0.09, 0.03);
    pen.fill(drawer, shade(body, 0.85));
    pen.fill(outline(drawer, 0.02), shade(body, 0.5));
    pen.fill(box(-0.12, y - 0.07, 0.18, y + 0.07), mix(hsv(0.5, 0.6, 0.3), vivid(dice), 0.2));
    const cx = dice.between(-0.06, 0.06), cy = dice.between(0.14, 0.22), radius = dice.between(0.44, 0.56);
    pen.fill(circle(cx, cy, radius), shade(metal(dice), dice.between(0.7, 1.2)));
    pen.fill(outline(circle(cx, cy, radius), 0.02), shade(body, 0.4));
    const glass = hsv(dice.between(0.5, 0.65), dice.between(0.1, 0.5), dice.between(0.12, 0.35));
    const drum = radius * dice.between(0.68, 0.8);
    const cloth = vivid(dice), other = vivid(dice), full = dice.chance(0.55), level = cy + dice.between(-0.1, 0.2);
    pen.fill(circle(cx, cy, drum), (x, py) => {
      if (full && py > level + 0.06 * Math.sin(x * 14)) return shade(x + py > cx + cy ? cloth : other, 0.8);
      return shade(glass, 1 - (py - cy));
    });
    pen.fill(circle(cx - drum * 0.35, cy - drum * 0.35, drum * 0.22), [1, 1, 1], 0.4);
    pen.fill(
      box(cx + side * radius * 0.86 - 0.04, cy - 0.12, cx + side * radius * 0.86 + 0.04, cy + 0.12, 0.03),
      shade(body, 0.6),
    );
  },
};
