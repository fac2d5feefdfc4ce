/**
 * The interface of the drawings. A drawing fills shapes in its own coordinate system (about -1…1, y down), each time
 * different.
 */
import { type Colour, hsv, type Paint } from "../painting/canvas.ts";
import type { Dice } from "../../dataset/dice.ts";
import type { Shape } from "../painting/shapes.ts";

export interface Pen {
  fill(shape: Shape, paint: Paint, alpha?: number): void;
}

export interface Drawing {
  /** The class's name in the lesson. */
  readonly name: string;
  /** The range of its scale, in pixels per unit of a 64-pixel image. */
  readonly scale: readonly [low: number, high: number];
  /** The maximum rotation in either direction, in radians. */
  readonly turn: number;
  draw(pen: Pen, dice: Dice): void;
}

/** Returns a random strong colour. */
export function vivid(dice: Dice): Colour {
  return hsv(dice.between(0, 1), dice.between(0.45, 0.95), dice.between(0.35, 0.95));
}

/** Returns white, grey or a pale tint. */
export function pale(dice: Dice): Colour {
  return hsv(dice.between(0, 1), dice.between(0, 0.18), dice.between(0.78, 1));
}

/** Returns a colour of wood, from pine to walnut. */
export function wood(dice: Dice): Colour {
  return hsv(dice.between(0.05, 0.1), dice.between(0.4, 0.75), dice.between(0.25, 0.75));
}

/** Returns a colour of bare, painted or tarnished metal. */
export function metal(dice: Dice): Colour {
  return hsv(dice.between(0.05, 0.65), dice.between(0, 0.12), dice.between(0.25, 0.8));
}
