/** Which columns the table of runs has at a width: what goes where there is no room goes in one order. */
import { DEFAULT_MONITOR } from "../../metrics.ts";

/** The column that draws a figure over the epochs; it is called as the figure is. */
export const CURVE_KEY = DEFAULT_MONITOR;

export const RUNS_KEYS = [
  "run",
  "when",
  "name",
  "data",
  "base",
  "epochs",
  "best",
  CURVE_KEY,
  "reason",
  "size",
] as const;
export type RunsKey = (typeof RUNS_KEYS)[number];

export interface RunsColumn {
  readonly key: RunsKey;
  readonly width: number;
  readonly align: "left" | "right";
}

/** Between two columns. */
export const RUNS_GAP = 2;
/** A run's id up to its time: what tells runs apart by eye. */
export const STAMP_WIDTH = "20261123-205501".length;
/** The first that go, the first first; the run and how it ended stay. */
const DISPENSABLE: readonly RunsKey[] = ["size", CURVE_KEY, "data", "when", "epochs", "name", "base", "best"];
const RIGHT: readonly RunsKey[] = ["epochs", "best", "size"];
/** What these are cut to before anything goes. */
const LEAST_WIDTHS = { data: 8, name: 8, base: 8 };
const LEAST = 6;

export interface Wanted {
  /** What each column would take. */
  readonly widths: Readonly<Record<RunsKey, number>>;
  /** What these take where room is short. */
  readonly shortWidths: Readonly<Record<"run" | "when", number>>;
  /** What the curves could take beyond that. */
  readonly longestCurve: number;
  readonly named: boolean;
}

/** The columns that fit into `width`, and whether room is short. */
export function layoutRuns(wanted: Wanted, width: number): { columns: RunsColumn[]; short: boolean } {
  const widths = { ...wanted.widths };
  let keys = RUNS_KEYS.filter((key) => key !== "name" || wanted.named);
  const excess = () => keys.reduce((sum, key) => sum + widths[key], RUNS_GAP * (keys.length - 1)) - width;
  /** Takes from a column what is too much, down to a least width. */
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
  // What was taken for a column that went after all.
  narrowAll();
  narrow("run", STAMP_WIDTH);
  narrow("reason", LEAST);
  narrow("run", LEAST);
  if (Number.isFinite(width)) widths[CURVE_KEY] += Math.min(-excess(), wanted.longestCurve - widths[CURVE_KEY]);
  const columns = keys.map((key): RunsColumn => ({
    key,
    width: widths[key],
    align: RIGHT.includes(key) ? "right" : "left",
  }));
  return { columns, short };
}
