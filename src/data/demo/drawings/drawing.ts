/** What a drawing is: strokes of a pen in its own plane (about -1…1, y down), different every time. */
import { type Colour, hsv, type Paint } from "../painting/canvas.ts";
import type { Dice } from "../../dataset/dice.ts";
import type { Shape } from "../painting/shapes.ts";

export interface Pen {
  fill(shape: Shape, paint: Paint, alpha?: number): void;
}

export interface Drawing {
  /** The class's name, as the lesson has it. */
  readonly name: string;
  /** How large it is drawn: pixels per unit of a 64-pixel image. */
  readonly scale: readonly [low: number, high: number];
  /** The largest turn either way, radians. */
  readonly turn: number;
  draw(pen: Pen, dice: Dice): void;
}

/** Any strong colour. */
export function vivid(dice: Dice): Colour {
  return hsv(dice.between(0, 1), dice.between(0.45, 0.95), dice.between(0.35, 0.95));
}

/** White, grey or a pale tint. */
export function pale(dice: Dice): Colour {
  return hsv(dice.between(0, 1), dice.between(0, 0.18), dice.between(0.78, 1));
}

/** Wood, from pine to walnut. */
export function wood(dice: Dice): Colour {
  return hsv(dice.between(0.05, 0.1), dice.between(0.4, 0.75), dice.between(0.25, 0.75));
}

/** Bare, painted or tarnished metal. */
export function metal(dice: Dice): Colour {
  return hsv(dice.between(0.05, 0.65), dice.between(0, 0.12), dice.between(0.25, 0.8));
}
