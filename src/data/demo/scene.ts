/** Draws one image of the demo set: background, clutter, the class's drawing, uneven light and noise. */
import { paintClutter, paintGround } from "./background.ts";
import { Canvas, type Placement } from "./painting/canvas.ts";
import type { Dice } from "../dataset/dice.ts";
import type { Drawing, Pen } from "./drawings/drawing.ts";
import { ellipse } from "./painting/shapes.ts";

export const DEMO_SIZE = 64;

/**
 * One canvas for all images. This is safe because every scene first covers it completely and drawing is synchronous.
 */
const canvas = new Canvas(DEMO_SIZE);

/** Draws an image, DEMO_SIZE × DEMO_SIZE × 3 bytes, into `into`. All variation comes from `dice`. */
export function paintScene(drawing: Drawing, dice: Dice, into: Uint8Array): void {
  paintGround(canvas, dice);
  paintClutter(canvas, dice, 3);
  const scale = dice.between(...drawing.scale);
  const placement: Placement = {
    x: DEMO_SIZE / 2 + dice.between(-4, 4),
    y: DEMO_SIZE / 2 + dice.between(-4, 4),
    scale,
    angle: dice.between(-drawing.turn, drawing.turn),
    stretch: dice.pick([-1, 1]) * dice.between(0.82, 1.1),
  };
  const shadow = { ...placement, x: placement.x + dice.between(-3, 3), y: placement.y + dice.between(1, 4) };
  canvas.fill(shadow, ellipse(0, 0.1, 0.85, 0.85), [0, 0, 0], dice.between(0.1, 0.3), 14);
  const pen: Pen = { fill: (shape, paint, alpha) => canvas.fill(placement, shape, paint, alpha) };
  drawing.draw(pen, dice);
  // Some images have clutter in the foreground.
  if (dice.chance(0.2)) paintClutter(canvas, dice, 2);
  expose(canvas.pixels, dice, into);
}

/** Adds uneven light, a colour cast, contrast and sensor noise, and converts to rounded bytes. */
function expose(pixels: Float32Array, dice: Dice, into: Uint8Array): void {
  const clamped = new Uint8ClampedArray(into.buffer, into.byteOffset, into.length);
  const gain = 255 * dice.between(0.8, 1.12), lift = 255 * dice.between(-0.04, 0.1);
  const red = gain * dice.between(0.92, 1.08), blue = gain * dice.between(0.92, 1.08);
  const slopeX = dice.between(-0.2, 0.2) / DEMO_SIZE, slopeY = dice.between(-0.2, 0.2) / DEMO_SIZE;
  // The noise of a channel is the sum of two uniform five-bit numbers, which resembles a camera's noise and is cheap.
  const noise = (255 * dice.between(0.004, 0.025)) / 13, base = lift - 31 * noise;
  let place = 0;
  for (let row = 0; row < DEMO_SIZE; row++) {
    for (let column = 0; column < DEMO_SIZE; column++, place += 3) {
      const light = 1 + slopeX * (column - DEMO_SIZE / 2) + slopeY * (row - DEMO_SIZE / 2);
      const bits = dice.bits();
      clamped[place] = (pixels[place] as number) * red * light + base + noise * fiveBitSum(bits);
      clamped[place + 1] = (pixels[place + 1] as number) * gain * light + base + noise * fiveBitSum(bits >> 10);
      clamped[place + 2] = (pixels[place + 2] as number) * blue * light + base + noise * fiveBitSum(bits >> 20);
    }
  }
}

function fiveBitSum(bits: number): number {
  return (bits & 31) + ((bits >> 5) & 31);
}
