/** Colours of a plot in a terminal, as escape sequences. Pure. */
import type { ChartRun } from "../dashboard/charts/series.ts";
import { COLOURS } from "../dashboard/drawing/palette.ts";

/** The dashboard's colours, which are seen on light and on dark grounds, with a terminal's own for where there are 16. */
const RUN_COLOURS = [
  { rgb: COLOURS.training, basic: 94 },
  { rgb: COLOURS.validation, basic: 33 },
  { rgb: COLOURS.good, basic: 32 },
  { rgb: COLOURS.beside, basic: 35 },
  { rgb: COLOURS.bad, basic: 31 },
] as const;

/**
 * Paints pieces of a plot: a run in a colour of its own where there are several, else training and validation as in the
 * dashboard.
 * @param depth the bits of a terminal's colours, as `getColorDepth` says; 1: none, every text stays as it is.
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

/** `#337FE8` → `51;127;232`. */
function components(rgb: string): string {
  return [1, 3, 5].map((at) => Number.parseInt(rgb.slice(at, at + 2), 16)).join(";");
}
