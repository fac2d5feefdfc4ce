/** Draws a curve in one line of text. */
import { at } from "../../at.ts";
import { bestIndex, type Direction } from "../../metrics.ts";
import type { Sequence } from "../../sequence.ts";
import { SPAN, type Span } from "../../span.ts";

/** What the values mean: which direction is better, and the limits of the scale. */
export interface SparklineScale {
  readonly direction: Direction;
  readonly limits: { readonly min?: number; readonly max?: number };
}

/**
 * Draws values with at most `width` characters, the newest at the right. Each character stands for the same number of
 * values and shows their mean, except that the character with the best value shows that value. The scale is given by
 * the limits if there are two, otherwise by the lowest and the highest value shown. null leaves a gap.
 */
export function sparkline(
  values: Sequence<number | null>,
  width: number,
  bars: readonly string[],
  { direction, limits }: SparklineScale,
): string {
  if (width < 1 || values.length === 0) return "";
  const best = bestIndex(values, direction);
  const length = Math.min(width, values.length);
  const shown = Array.from({ length }, (_, index) => {
    const [from, to] = [Math.floor(index * values.length / length), Math.floor((index + 1) * values.length / length)];
    return best !== null && best >= from && best < to ? values.at(best) ?? null : mean(values.over(SPAN, from, to));
  });
  const numbers = shown.filter((value) => value !== null);
  const fixed = limits.min !== undefined && limits.max !== undefined;
  const [min, max] = fixed ? [limits.min, limits.max] : [Math.min(...numbers), Math.max(...numbers)];
  return shown.map((value) => {
    if (value === null) return " ";
    const share = max > min ? (value - min) / (max - min) : 0.5;
    return at(bars, Math.max(0, Math.min(bars.length - 1, Math.floor(share * bars.length))));
  }).join("");
}

function mean({ sum, count }: Span): number | null {
  return count === 0 ? null : sum / count;
}
