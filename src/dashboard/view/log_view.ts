/** The visible part of the log: the scroll position and the filter. Pure. */
import type { LogEntry } from "../../run_state/state_parts.ts";

export type LogFilter = "all" | "warnings" | "errors";

const FILTERS: readonly LogFilter[] = ["all", "warnings", "errors"];
const LEVELS: Readonly<Record<LogFilter, readonly LogEntry["level"][]>> = {
  all: ["info", "warn", "error"],
  warnings: ["warn", "error"],
  errors: ["error"],
};
const PAGE = 5;

export interface LogView {
  readonly filter: LogFilter;
  /** The number of entries that pass the filter and are below the visible ones. */
  readonly below: number;
}

export const INITIAL_LOG_VIEW: LogView = { filter: "all", below: 0 };

export type LogChange =
  | { readonly type: "filter" }
  | { readonly type: "scroll"; readonly to: "up" | "down" | "page_up" | "page_down" };

/**
 * Returns the view after a change.
 * @param log all entries
 */
export function changeLog(view: LogView, change: LogChange, log: readonly LogEntry[]): LogView {
  if (change.type === "filter") {
    return { filter: FILTERS[(FILTERS.indexOf(view.filter) + 1) % FILTERS.length] ?? "all", below: 0 };
  }
  const by = { up: 1, down: -1, page_up: PAGE, page_down: -PAGE }[change.to];
  return { ...view, below: within(view.below + by, passing(view.filter, log).length) };
}

/**
 * Returns the view after an entry was added at the end of `log`. If the log is scrolled up, the visible entries stay
 * where they are.
 */
export function afterEntry(view: LogView, entry: Pick<LogEntry, "level">, log: readonly LogEntry[]): LogView {
  if (view.below === 0 || !LEVELS[view.filter].includes(entry.level)) return view;
  return { ...view, below: within(view.below + 1, passing(view.filter, log).length) };
}

/** Returns the entries to show. The last one belongs at the bottom. */
export function shownEntries({ filter, below }: LogView, log: readonly LogEntry[]): readonly LogEntry[] {
  const entries = passing(filter, log);
  return below === 0 ? entries : entries.slice(0, -below);
}

function passing(filter: LogFilter, log: readonly LogEntry[]): readonly LogEntry[] {
  return filter === "all" ? log : log.filter(({ level }) => LEVELS[filter].includes(level));
}

/** Limits the scroll position so that the oldest entry stays visible. */
function within(below: number, entries: number): number {
  return Math.max(0, Math.min(below, entries - 1));
}
