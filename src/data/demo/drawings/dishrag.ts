import { shade } from "../painting/canvas.ts";
import { circle, type Point, polygon, stroke } from "../painting/shapes.ts";
import { type Drawing, metal, pale, vivid } from "./drawing.ts";

/**
 * A woven cloth with wavy edges and folds, checked, striped, bordered or waffled; lying flat or hanging from a hook.
 */
export const dishrag: Drawing = {
  name: "dishrag",
  scale: [25, 33],
  turn: 3.14,
  draw(pen, dice) {
    const ground = pale(dice), thread = vivid(dice);
    const hung = dice.chance(0.35);
    const wave = dice.between(0.03, 0.08), phase = dice.between(0, 6), folds = dice.between(3, 7);
    const outline: Point[] = [];
    const corners: readonly Point[] = hung
      ? [[0, -0.9], [0.5, 0.35], [0.28, 0.85], [0, 0.6], [-0.3, 0.9], [-0.5, 0.3]]
      : [[-0.75, -0.7], [0.75, -0.75], [0.72, 0.72], [-0.78, 0.7]];
    corners.forEach(([x, y], corner) => {
      const [nextX, nextY] = corners[(corner + 1) % corners.length] ?? [x, y];
      for (let step = 0; step < 6; step++) {
        const share = step / 6, swing = step === 0 ? 0 : wave * Math.sin(share * 12 + phase + corner);
        outline.push([x + (nextX - x) * share + swing, y + (nextY - y) * share - swing]);
      }
    });
    const pattern = dice.pick(["checks", "stripes", "border", "waffle"]);
    const pitch = dice.between(3.5, 6), band = dice.between(0.3, 0.55);
    const inBand = (value: number) => value * pitch - Math.floor(value * pitch) < band;
    const share = (x: number, y: number): number => {
      if (pattern === "checks") return (inBand(x) ? 0.5 : 0) + (inBand(y) ? 0.5 : 0);
      if (pattern === "stripes") return inBand(y) ? 0.9 : 0.05;
      if (pattern === "waffle") return inBand(x * 1.6) !== inBand(y * 1.6) ? 0.55 : 0.85;
      const edge = Math.max(Math.abs(x), Math.abs(y));
      return (edge > 0.5 && edge < 0.58) || (edge > 0.63 && edge < 0.67) ? 1 : 0.08;
    };
    const slant = dice.between(-1, 1), depth = dice.between(0.1, 0.22);
    pen.fill(polygon(outline, 0.03), (x, y) => {
      const part = share(x, y);
      const across = hung ? Math.atan2(x, y + 1.3) * 3 : x + slant * y;
      const fold = 1 - depth + depth * Math.sin(across * folds + phase);
      return [
        (ground[0] + (thread[0] - ground[0]) * part) * fold,
        (ground[1] + (thread[1] - ground[1]) * part) * fold,
        (ground[2] + (thread[2] - ground[2]) * part) * fold,
      ];
    });
    if (hung) {
      pen.fill(circle(0, -0.92, 0.1), shade(metal(dice), 0.7));
    } else if (dice.chance(0.5)) {
      // A corner that is folded over.
      pen.fill(polygon([[0.72, 0.72], [0.72, 0.15], [0.1, 0.72]], 0.02), shade(ground, 0.82));
      pen.fill(stroke([0.72, 0.15], [0.1, 0.72], 0.02), shade(thread, 0.6));
    }
  },
};
