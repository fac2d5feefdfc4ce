/** How a window moves over an image, by TensorFlow's rules. */
import type { Extent, Padding } from "../../bases/layer_spec.ts";

export interface Window {
  readonly size: Extent;
  readonly strides: Extent;
  readonly padding: Padding;
  readonly dilation?: Extent | undefined;
}

/** Returns an extent as [height, width]. */
export function pair(extent: Extent): [height: number, width: number] {
  return typeof extent === "number" ? [extent, extent] : [extent[0], extent[1]];
}

/** Returns the number of positions of a window, down and across. */
export function positions(
  [height, width]: readonly [number, number, ...number[]],
  { size, strides, padding, dilation = 1 }: Window,
): [number, number] {
  const [[rows, columns], [down, across], [rowStep, columnStep]] = [pair(size), pair(strides), pair(dilation)];
  return [
    along(height, (rows - 1) * rowStep + 1, down, padding),
    along(width, (columns - 1) * columnStep + 1, across, padding),
  ];
}

function along(extent: number, window: number, stride: number, padding: Padding): number {
  return padding === "same" ? Math.ceil(extent / stride) : Math.floor((extent - window) / stride) + 1;
}
