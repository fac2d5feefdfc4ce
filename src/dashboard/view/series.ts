/** The place of a run in a series: runs that one `train` command trains one after the other. Pure. */

export interface SeriesPlace {
  /** Counted from 1. */
  readonly place: number;
  readonly of: number;
  /** The name of the next run, or null if this one is the last. */
  readonly next: string | null;
}

export interface SeriesView extends SeriesPlace {
  /** Whether this viewer has asked the run to stop. The same key then ends the series. */
  readonly stopAsked: boolean;
  /** Whether the series ends with this run. */
  readonly ending: boolean;
}

/** What happens to a series besides the events of its runs. */
export type SeriesChange = "stop_asked" | "ending";

/** Returns the series as a viewer sees it when a run begins. */
export function initialSeries(place: SeriesPlace): SeriesView {
  return { ...place, stopAsked: false, ending: false };
}

/** Returns the series after a change. */
export function changeSeries(series: SeriesView, change: SeriesChange): SeriesView {
  return { ...series, stopAsked: true, ending: series.ending || change === "ending" };
}

/** Returns the name of the run that follows, or null if none does. */
export function nextRun({ series }: { readonly series: SeriesView | null }): string | null {
  return series === null || series.ending ? null : series.next;
}

/** Returns `run 2 of 3`. */
export function placeText({ place, of, next, ending }: SeriesView): string {
  return `run ${place} of ${of}${ending && next !== null ? ", then the series ends" : ""}`;
}
