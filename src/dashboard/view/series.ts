/** A series of runs as a viewer of one of them sees it. Pure. */
import type { SeriesPlace } from "../../run/folder/series_place.ts";

export interface SeriesView extends SeriesPlace {
  /** Whether this viewer has asked the run to stop. The same key then ends the series. */
  readonly stopAsked: boolean;
  /** Whether the series ends with this run. */
  readonly ending: boolean;
}

/**
 * What happens to a series besides the events of its runs. `over`: this run has ended, and the process that trained the
 * series has exited, so that no further run begins.
 */
export type SeriesChange = "stop_asked" | "ending" | "over";

/** Returns the series as a viewer sees it when a run begins. */
export function initialSeries(place: SeriesPlace): SeriesView {
  return { ...place, stopAsked: false, ending: false };
}

/** Returns the series after a change. */
export function changeSeries(series: SeriesView, change: SeriesChange): SeriesView {
  if (change === "over") return { ...series, next: null };
  return { ...series, stopAsked: true, ending: series.ending || change === "ending" };
}

interface ViewOfSeries {
  readonly role: "owner" | "watch";
  readonly series: SeriesView | null;
}

/** Returns the name of the run that follows, or null if none does. */
export function followingRun({ series }: Pick<ViewOfSeries, "series">): string | null {
  return series === null || series.ending ? null : series.next;
}

/** Returns the name of the run that this viewer starts next, or null if it starts none. */
export function nextRun(view: ViewOfSeries): string | null {
  return view.role === "owner" ? followingRun(view) : null;
}

/** Returns whether this viewer starts another run after this one. */
export function inSeries({ view }: { readonly view: ViewOfSeries }): boolean {
  return nextRun(view) !== null;
}

/** Returns `run 2 of 3`, and whether the series ends with it. */
export function placeText({ place, of, next, ending }: SeriesView): string {
  return `run ${place} of ${of}${ending && next !== null ? ", then the series ends" : ""}`;
}

/** Returns `run 2 of 3, next: vgg16`, or what `placeText` returns if no run follows. */
export function placeAndNextText(series: SeriesView): string {
  const next = followingRun({ series });
  return next === null ? placeText(series) : `${placeText(series)}, next: ${next}`;
}
