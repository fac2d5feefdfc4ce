/** Colours of a plot in a terminal, as escape sequences. Pure. */
import type { ChartRun } from "../dashboard/charts/series.ts";
import { COLOURS } from "../dashboard/drawing/palette.ts";

/**
 * The dashboard's colours, which are visible on light and on dark backgrounds, and the terminal's own ones if it has
 * only 16.
 */
const RUN_COLOURS = [
  { rgb: COLOURS.training, basic: 94 },
  { rgb: COLOURS.validation, basic: 33 },
  { rgb: COLOURS.good, basic: 32 },
  { rgb: COLOURS.beside, basic: 35 },
  { rgb: COLOURS.bad, basic: 31 },
] as const;

/**
 * Returns a function that paints pieces of a plot. Of several runs, each has its own colour; for a single run, training
 * and validation have the same colours as in the dashboard.
 * @param depth the colour depth of the terminal in bits, as returned by `getColorDepth`; with 1, texts are unchanged
 */
export function painter(depth: number): (piece: ChartRun) => string {
  if (depth <= 1) return ({ text }) => text;
  return ({ text, kind, run }) => {
    const place = run ?? (kind === "training" ? 0 : kind === "validation" ? 1 : null);
    const colour = place === null ? undefined : RUN_COLOURS[place % RUN_COLOURS.length];
    if (!colour || text.trim() === "") return text;
    return `\x1b[${depth >= 24 ? `38;2;${components(colour.rgb)}` : colour.basic}m${text}\x1b[39m`;
  };
}

/** Converts `#337FE8` to `51;127;232`. */
function components(rgb: string): string {
  return [1, 3, 5].map((at) => Number.parseInt(rgb.slice(at, at + 2), 16)).join(";");
}
