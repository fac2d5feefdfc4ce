import { mix, shade } from "../painting/canvas.ts";
import { box, ellipse, polygon, stroke } from "../painting/shapes.ts";
import { type Drawing, metal, pale, vivid, wood } from "./drawing.ts";

/** A shade that is wider at the bottom, a stem (a rod, balls or a vase) and a foot. The lamp is lit or not. */
export const tableLamp: Drawing = {
  name: "table lamp",
  scale: [26, 32],
  turn: 0.18,
  draw(pen, dice) {
    const cloth = dice.chance(0.55) ? pale(dice) : vivid(dice);
    const body = dice.pick([wood, metal, vivid])(dice);
    const lit = dice.chance(0.5);
    const top = dice.between(0.22, 0.45), rim = dice.between(0.55, 0.75), low = dice.between(-0.2, -0.02);
    if (lit) pen.fill(ellipse(0, -0.35, 1.15, 0.95), [1, 0.93, 0.65], 0.3);
    const stem = dice.pick(["rod", "balls", "vase"]);
    pen.fill(stroke([0, low], [0, 0.8], 0.05), shade(body, 0.8));
    if (stem === "balls") {
      for (const y of [0.15, 0.38, 0.62]) {
        pen.fill(ellipse(0, y, 0.15, 0.13), (x, py) => shade(body, 1 - x * 2 - (py - y)));
      }
    } else if (stem === "vase") {
      const girth = dice.between(0.22, 0.34);
      pen.fill(ellipse(0, 0.42, girth, 0.4), (x) => shade(body, 1 - x * 1.2));
    }
    pen.fill(box(-0.36, 0.78, 0.36, 0.92, 0.06), (x) => shade(body, 0.9 - x * 0.6));
    const pleats = dice.chance(0.4) ? dice.between(18, 28) : 0;
    const glow = mix(cloth, [1, 0.9, 0.6], lit ? 0.55 : 0);
    pen.fill(polygon([[-top, -0.9], [top, -0.9], [rim, low], [-rim, low]], 0.02), (x, y) => {
      const fold = pleats > 0 ? 0.9 + 0.12 * Math.sin(x * pleats) : 1;
      const light = lit ? 1.1 - 0.35 * Math.abs(y + 0.4) : 0.95 - 0.4 * x;
      return shade(glow, fold * light);
    });
    if (dice.chance(0.6)) {
      const trim = shade(vivid(dice), 0.8);
      pen.fill(stroke([-rim, low], [rim, low], 0.035), trim);
      pen.fill(stroke([-top, -0.9], [top, -0.9], 0.03), trim);
    }
    if (dice.chance(0.4)) pen.fill(stroke([rim * 0.45, low], [rim * 0.45, low + 0.25], 0.02), [0.85, 0.8, 0.6]);
  },
};
