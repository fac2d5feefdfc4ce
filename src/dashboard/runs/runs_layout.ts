/** Chooses the columns of the table of runs that fit into a width. */
import { DEFAULT_MONITOR } from "../../metrics.ts";

/** The column that marks runs which can be resumed. It has the name of the key that resumes them in the chooser. */
export const RESUME_KEY = "r";

/** The column with a sparkline of a figure over the epochs. It has the name of the figure. */
export const CURVE_KEY = DEFAULT_MONITOR;

export const RUNS_KEYS = [
  "run",
  "begun",
  "name",
  "data",
  "base",
  "engine",
  "epochs",
  "best",
  CURVE_KEY,
  "state",
  RESUME_KEY,
  "size",
] as const;
export type RunsKey = (typeof RUNS_KEYS)[number];

export interface RunsColumn {
  readonly key: RunsKey;
  readonly width: number;
  readonly align: "left" | "right";
}

/** The spaces between two columns. */
export const RUNS_GAP = 2;
/** The length of the time stamp at the beginning of a run's id. */
export const STAMP_WIDTH = "20261123-205501".length;
/** The columns to leave out if there is no room, in this order. The columns `run`, `state` and `r` always stay. */
const DISPENSABLE: readonly RunsKey[] = [
  "size",
  "engine",
  CURVE_KEY,
  "data",
  "begun",
  "epochs",
  "name",
  "base",
  "best",
];
const RIGHT: readonly RunsKey[] = ["epochs", "best", "size"];
/** The widths to which these columns are cut before any column is left out. */
const LEAST_WIDTHS = { data: 8, name: 8, base: 8 };
const LEAST = 6;

export interface Wanted {
  /** The width of each column's content. */
  readonly widths: Readonly<Record<RunsKey, number>>;
  /** The widths of the short forms of these columns. */
  readonly shortWidths: Readonly<Record<"run" | "begun", number>>;
  /** The maximum useful width of the sparklines. */
  readonly curveWidth: number;
  readonly named: boolean;
  readonly resumable: boolean;
  /** Whether the runs have different engines. */
  readonly engines: boolean;
}

/** Returns the columns that fit into `width`, and whether `run` and `begun` must use their short forms. */
export function layoutRuns(wanted: Wanted, width: number): { columns: RunsColumn[]; short: boolean } {
  const widths = { ...wanted.widths };
  const isShown: Partial<Record<RunsKey, boolean>> = {
    name: wanted.named,
    engine: wanted.engines,
    [RESUME_KEY]: wanted.resumable,
  };
  let keys = RUNS_KEYS.filter((key) => isShown[key] ?? true);
  const excess = () => keys.reduce((sum, key) => sum + widths[key], RUNS_GAP * (keys.length - 1)) - width;
  /** Narrows a column by the excess width, but not below `least`. */
  const narrow = (key: RunsKey, least: number) => {
    widths[key] = Math.max(Math.min(widths[key], least), widths[key] - Math.max(0, excess()));
  };

  const short = excess() > 0;
  if (short) Object.assign(widths, wanted.shortWidths);
  const narrowAll = () => {
    for (const key of ["data", "name", "base"] as const) {
      widths[key] = wanted.widths[key];
      narrow(key, LEAST_WIDTHS[key]);
    }
  };
  narrowAll();
  for (const dispensable of DISPENSABLE) {
    if (excess() > 0) keys = keys.filter((key) => key !== dispensable);
  }
  // Columns that are now left out may have made room for these to be wider again.
  narrowAll();
  narrow("run", STAMP_WIDTH);
  narrow("state", LEAST);
  narrow("run", LEAST);
  if (Number.isFinite(width)) widths[CURVE_KEY] += Math.min(-excess(), wanted.curveWidth - widths[CURVE_KEY]);
  const columns = keys.map((key): RunsColumn => ({
    key,
    width: widths[key],
    align: RIGHT.includes(key) ? "right" : "left",
  }));
  return { columns, short };
}
