/** Filters and sorts a list of runs. */
import { DEFAULT_MONITOR, metricOf } from "../../metrics.ts";
import type { Overview } from "../../run/overview/overview.ts";
import { stripControl } from "../../text.ts";
import { runStateText } from "./runs_table.ts";

/** The sort orders. The first is the default. */
export const ORDERS = ["newest", "best", "name", "size"] as const;
export type RunsOrder = (typeof ORDERS)[number];

const collator = new Intl.Collator("en", { numeric: true });

/**
 * Returns the runs sorted. The sort is stable; runs without the sort key come last.
 * @param runs the newest first
 */
export function sortedRuns(runs: readonly Overview[], order: RunsOrder): readonly Overview[] {
  switch (order) {
    case "newest":
      return runs;
    case "best":
      return runs.toSorted((one, other) => bestOf(other) - bestOf(one));
    case "name":
      return runs.toSorted((one, other) =>
        Number(one.name === null) - Number(other.name === null) || collator.compare(one.name ?? "", other.name ?? "")
      );
    case "size":
      return runs.toSorted((one, other) => other.bytes - one.bytes);
  }
}

/** Returns the figure of the column `best`, with its sign such that better runs have higher values. */
function bestOf({ best }: Overview): number {
  const value = best?.[DEFAULT_MONITOR] ?? null;
  return value === null ? -Number.MAX_VALUE : metricOf(DEFAULT_MONITOR).direction === "max" ? value : -value;
}

/** Returns the runs whose id, name, data, base or state contain every word of the filter, ignoring case. */
export function matchingRuns(runs: readonly Overview[], filter: string): readonly Overview[] {
  const words = filter.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return runs;
  return runs.filter((run) => {
    const line = stripControl([run.id, run.name, run.data, run.base, runStateText(run)].join(" ")).toLowerCase();
    return words.every((word) => line.includes(word));
  });
}
