/** A small square canvas. Shapes are painted on it, antialiased by their signed distance. */
import type { Shape } from "./shapes.ts";

/** Red, green, blue, 0…1. */
export type Colour = readonly [red: number, green: number, blue: number];
/** One colour, or a colour for every point of the drawing's coordinate system. */
export type Paint = Colour | ((x: number, y: number) => Colour);

/** The position of a drawing's coordinate system (about -1…1 on both axes) on the canvas. */
export interface Placement {
  /** The origin, in pixels. */
  readonly x: number;
  readonly y: number;
  /** Pixels per unit. */
  readonly scale: number;
  /** The rotation in radians, clockwise. */
  readonly angle: number;
  /** The horizontal scale relative to the vertical one; negative values mirror the drawing. */
  readonly stretch: number;
}

export class Canvas {
  /** size × size × 3. Values are 0…1 and may exceed this range until they are converted to bytes. */
  readonly pixels: Float32Array;

  constructor(readonly size: number) {
    this.pixels = new Float32Array(size * size * 3);
  }

  /** Paints a shape. `alpha` is the opacity, and `blur` (pixels) softens the outline, for shadows. */
  fill(placement: Placement, shape: Shape, paint: Paint, alpha = 1, blur = 1): void {
    const { x: originX, y: originY, scale, stretch } = placement;
    // V8 computes sine and cosine in software (fdlibm), so the bits are the same on every machine.
    const cos = Math.cos(placement.angle), sin = Math.sin(placement.angle);
    const pixelsPerUnit = scale * Math.min(1, Math.abs(stretch));
    const { left, top, right, bottom } = this.reach(placement, shape, cos, sin, blur);
    const { pixels, size } = this;
    const stepX = cos / scale / stretch, stepY = -sin / scale;
    const perPixel = pixelsPerUnit / blur;
    for (let row = top; row < bottom; row++) {
      const dx = (left + 0.5 - originX) / scale, dy = (row + 0.5 - originY) / scale;
      const startX = (cos * dx + sin * dy) / stretch, startY = cos * dy - sin * dx;
      for (let column = left; column < right; column++) {
        const x = startX + stepX * (column - left), y = startY + stepY * (column - left);
        const coverage = 0.5 - shape.distance(x, y) * perPixel;
        if (coverage <= 0) {
          // Distances are never overestimated, so the shape does not touch the pixels in this range.
          column += Math.floor(-coverage * blur);
          continue;
        }
        const opacity = coverage >= 1 ? alpha : coverage * alpha;
        const colour = typeof paint === "function" ? paint(x, y) : paint;
        // `reach` has clamped the rows and columns to the canvas.
        const place = (row * size + column) * 3, rest = 1 - opacity;
        pixels[place] = (pixels[place] as number) * rest + colour[0] * opacity;
        pixels[place + 1] = (pixels[place + 1] as number) * rest + colour[1] * opacity;
        pixels[place + 2] = (pixels[place + 2] as number) * rest + colour[2] * opacity;
      }
    }
  }

  /**
   * Paints the whole canvas. `share` returns the share of `second` in the mix and `light` the brightness at x and y in
   * 0…1.
   */
  cover(
    first: Colour,
    second: Colour,
    share: (x: number, y: number) => number,
    light: (x: number, y: number) => number,
  ): void {
    const { pixels, size } = this;
    for (let row = 0, place = 0; row < size; row++) {
      for (let column = 0; column < size; column++, place += 3) {
        const x = column / size, y = row / size;
        const ofSecond = share(x, y), brightness = light(x, y);
        pixels[place] = (first[0] + (second[0] - first[0]) * ofSecond) * brightness;
        pixels[place + 1] = (first[1] + (second[1] - first[1]) * ofSecond) * brightness;
        pixels[place + 2] = (first[2] + (second[2] - first[2]) * ofSecond) * brightness;
      }
    }
  }

  /** Returns the range of pixels that a shape can touch. */
  private reach(placement: Placement, shape: Shape, cos: number, sin: number, blur: number) {
    const { left, top, right, bottom } = shape.bounds;
    let minX = Infinity, minY = Infinity, maxX = -Infinity, maxY = -Infinity;
    for (const ux of [left, right]) {
      for (const uy of [top, bottom]) {
        const x = placement.x + placement.scale * (cos * ux * placement.stretch - sin * uy);
        const y = placement.y + placement.scale * (sin * ux * placement.stretch + cos * uy);
        minX = Math.min(minX, x);
        maxX = Math.max(maxX, x);
        minY = Math.min(minY, y);
        maxY = Math.max(maxY, y);
      }
    }
    const clamp = (value: number) => Math.min(this.size, Math.max(0, value));
    return {
      left: clamp(Math.floor(minX - blur)),
      top: clamp(Math.floor(minY - blur)),
      right: clamp(Math.ceil(maxX + blur)),
      bottom: clamp(Math.ceil(maxY + blur)),
    };
  }
}

/** Returns a colour from hue (turns), saturation and value, each 0…1. */
export function hsv(hue: number, saturation: number, value: number): Colour {
  const channel = (offset: number) => {
    const sector = (((offset + hue * 6) % 6) + 6) % 6;
    return value - value * saturation * Math.max(0, Math.min(sector, 4 - sector, 1));
  };
  return [channel(5), channel(3), channel(1)];
}

/** Returns a mix of two colours; a share of 0 gives the first one. */
export function mix(first: Colour, second: Colour, share: number): Colour {
  const rest = 1 - share;
  return [
    first[0] * rest + second[0] * share,
    first[1] * rest + second[1] * share,
    first[2] * rest + second[2] * share,
  ];
}

/** Returns a darker (factor below 1) or brighter (above 1) colour. */
export function shade(colour: Colour, factor: number): Colour {
  return [colour[0] * factor, colour[1] * factor, colour[2] * factor];
}
