/** Paints what surrounds a drawing: a random background, and clutter on it. */
import { type Canvas, type Colour, hsv, mix, type Paint, type Placement, shade } from "./painting/canvas.ts";
import type { Dice } from "../dataset/dice.ts";
import { box, circle, type Point, polygon, type Shape, stroke } from "./painting/shapes.ts";

/** Returns smooth random brightness in -1…1: a lattice of random values with interpolation. */
export function cloud(dice: Dice, cells: number): (x: number, y: number) => number {
  const side = cells + 2;
  const lattice = Float32Array.from({ length: side * side }, () => dice.between(-1, 1));
  // x and y are in 0…1, and the lattice has one more row and column than the cells need.
  return (x, y) => {
    const u = x * cells, v = y * cells, column = Math.floor(u), row = Math.floor(v);
    const a = u - column, b = v - row, place = row * side + column;
    const sx = a * a * (3 - 2 * a), sy = b * b * (3 - 2 * b);
    const above = (lattice[place] as number) * (1 - sx) + (lattice[place + 1] as number) * sx;
    const below = (lattice[place + side] as number) * (1 - sx) + (lattice[place + side + 1] as number) * sx;
    return above * (1 - sy) + below * sy;
  };
}

/** Returns a random pattern over the unit square, as relative brightness. */
function pattern(dice: Dice): (x: number, y: number) => number {
  const angle = dice.between(0, Math.PI), cos = Math.cos(angle), sin = Math.sin(angle);
  const pitch = dice.between(3, 9), strength = dice.between(0.02, 0.07);
  const fraction = (value: number) => value - Math.floor(value);
  switch (dice.pick(["plain", "stripes", "checks", "planks", "cloud"])) {
    case "plain":
      return () => 0;
    case "stripes":
      return (x, y) => (fraction((cos * x + sin * y) * pitch) < 0.5 ? strength : -strength);
    case "checks":
      return (x, y) => (fraction(x * pitch) < 0.5) === (fraction(y * pitch) < 0.5) ? strength : -strength;
    case "planks":
      return (x, y) => {
        const across = (cos * x + sin * y) * pitch;
        return fraction(across) < 0.08 ? -2 * strength : 0.5 * strength * Math.sin(12.9 * Math.floor(across));
      };
    case "cloud": {
      const smooth = cloud(dice, dice.whole(3, 8));
      return (x, y) => 1.5 * strength * smooth(x, y);
    }
  }
}

function groundColour(dice: Dice): Colour {
  return hsv(dice.between(0, 1), dice.between(0, 0.3), dice.between(0.4, 0.8));
}

/** Paints the whole canvas with a gradient of two colours, or a wall and a floor, and a pattern on top. */
export function paintGround(canvas: Canvas, dice: Dice): void {
  const first = groundColour(dice), second = mix(first, groundColour(dice), dice.between(0.2, 0.8));
  const angle = dice.between(0, 2 * Math.PI), cos = Math.cos(angle), sin = Math.sin(angle);
  const upper = pattern(dice);
  if (dice.chance(0.45)) {
    const horizon = dice.between(0.45, 0.8), lower = pattern(dice);
    const light = (x: number, y: number) => 1 + (y < horizon ? upper(x, y) : lower(x, y));
    canvas.cover(first, second, (_, y) => (y < horizon ? 0 : 1), light);
  } else {
    const share = (x: number, y: number) => Math.min(1, Math.max(0, 0.5 + cos * (x - 0.5) + sin * (y - 0.5)));
    canvas.cover(first, second, share, (x, y) => 1 + upper(x, y));
  }
}

function something(dice: Dice): Shape {
  const a = dice.between(0.3, 1), b = dice.between(0.3, 1);
  switch (dice.pick(["box", "circle", "stroke", "triangle"])) {
    case "box":
      return box(-a, -b, a, b, 0.1);
    case "circle":
      return circle(0, 0, a);
    case "stroke":
      return stroke([-1, 0], [1, 0], 0.08 + 0.12 * a);
    case "triangle": {
      const corner = (): Point => [dice.between(-1, 1), dice.between(-1, 1)];
      return polygon([corner(), corner(), corner()], 0.05);
    }
  }
}

/** Paints up to `most` random shapes that belong to no class, mostly near the border. */
export function paintClutter(canvas: Canvas, dice: Dice, most: number): void {
  const things = dice.whole(0, most);
  for (let thing = 0; thing < things; thing++) {
    const turn = dice.between(0, 2 * Math.PI), away = canvas.size * dice.between(0.4, 0.65);
    const placement: Placement = {
      x: canvas.size / 2 + away * Math.cos(turn),
      y: canvas.size / 2 + away * Math.sin(turn),
      scale: canvas.size * dice.between(0.05, 0.12),
      angle: dice.between(0, 2 * Math.PI),
      stretch: 1,
    };
    const colour = groundColour(dice);
    const paint: Paint = dice.chance(0.5) ? colour : (x, y) => shade(colour, 1 - 0.2 * (x + y));
    canvas.fill(placement, something(dice), paint, dice.between(0.6, 1));
  }
}
