/** The colours of plots on a dark page. Pure. */
import { ALONE, GRID, INK, RUN_COLOURS } from "../../results/plot_style.ts";

/** The background of plots on a light and on a dark page, which is also that of the page. */
export const LIGHT_PAGE = "#FFFFFF";
export const DARK_PAGE = "#16191D";

/** The colour of each run on a dark page. Each has a contrast of 3:1, and no two are the same grey. */
export const DARK_RUN_COLOURS = ["#4FA3E0", "#F2B35E", "#F5F5F5", "#A8ECA0", "#A866BE"] as const;

/** The colour on a dark page for each colour of a plot. */
export const DARK: ReadonlyMap<string, string> = new Map([
  [LIGHT_PAGE, DARK_PAGE],
  [INK, "#E8E8E8"],
  [GRID, "#3C4148"],
  [ALONE.training, "#8CC8F7"],
  [ALONE.validation, "#E8793A"],
  ...RUN_COLOURS.map((colour, place): [string, string] => [colour, DARK_RUN_COLOURS[place] ?? DARK_RUN_COLOURS[0]]),
]);

/** Returns a plot in which each text that is a colour of the map is replaced. Everything else is unchanged. */
export function recoloured<T>(plot: T, colours: ReadonlyMap<string, string> = DARK): T {
  return replaced(plot, colours) as T;
}

function replaced(value: unknown, colours: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return colours.get(value) ?? value;
  if (Array.isArray(value)) return value.map((one) => replaced(one, colours));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replaced(one, colours)]));
}
