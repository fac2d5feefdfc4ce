/** A curve in one line of text. */
import { at } from "../../at.ts";

/** At most `width` characters, the newest at the right; each stands for an equal stretch of the values. null leaves a gap. */
export function sparkline(values: readonly (number | null)[], width: number, bars: readonly string[]): string {
  if (width < 1 || values.length === 0) return "";
  const length = Math.min(width, values.length);
  const sampled = Array.from({ length }, (_, index) => values[Math.ceil(((index + 1) * values.length) / length) - 1]);
  let min = Infinity;
  let max = -Infinity;
  for (const value of sampled) {
    if (value === null || value === undefined) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return sampled.map((value) => {
    if (value === null || value === undefined) return " ";
    const share = max > min ? (value - min) / (max - min) : 0.5;
    return at(bars, Math.min(bars.length - 1, Math.floor(share * bars.length)));
  }).join("");
}
