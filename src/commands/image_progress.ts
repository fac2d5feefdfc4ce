/** Shows on the status line how far a computation of features is. */
import { amount } from "../dashboard/text/formats.ts";
import type { OnFeatures } from "../features/rows/feature_set.ts";
import { PaceText } from "./pace_text.ts";
import type { StatusLine } from "./status_line.ts";

export interface ImageProgress {
  /** Called while the files are read to find their features in the cache. */
  readonly onRead: (done: number, total: number) => void;
  readonly onProgress: OnFeatures;
}

/** @param run the run whose images they are, if there are several; begins the line */
export function imageProgress(status: StatusLine, run?: string): ImageProgress {
  const pace = new PaceText();
  const show = (text: string) => status.show(run === undefined ? text : `${run}: ${text}`);
  return {
    onRead: (done, total) => show(`reading ${amount(done, total, "images")}`),
    onProgress: (done, total, cached) => show(pace.text(done, total, cached)),
  };
}
