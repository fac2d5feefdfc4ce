/** The place of a run in a series: runs that one `train` command trains one after the other. */
import { hostname } from "node:os";
import { z } from "zod";
import { shown } from "../../event_parts.ts";
import { isRunning } from "../../files/atomic.ts";

export const seriesPlaceSchema = z.object({
  /** Counted from 1. */
  place: z.int().min(1),
  of: z.int().min(1),
  /** The name of the next run, or null if this one is the last. */
  next: shown.nullable(),
});
export type SeriesPlace = Readonly<z.infer<typeof seriesPlaceSchema>>;

/** A run's place as config.json has it, with the process that starts the next run. */
export const notedSeriesSchema = seriesPlaceSchema.extend({ pid: z.int(), host: z.string() });
export type NotedSeries = Readonly<z.infer<typeof notedSeriesSchema>>;

/** Returns the place for config.json. This process starts the next run. */
export function noteSeries(place: SeriesPlace): NotedSeries {
  return { ...place, pid: Deno.pid, host: hostname() };
}

/**
 * Returns whether the process that trains the series is still running. If not, its person detached or stopped it, or it
 * was killed, and no further run begins. Assumes that a process on another machine is running.
 */
export function seriesGoesOn({ pid, host }: Pick<NotedSeries, "pid" | "host">): boolean {
  return host !== hostname() || isRunning(pid);
}
