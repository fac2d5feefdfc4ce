/** Predictions as lines of text or JSON. */
import { cutStart, stringWidth } from "../dashboard/text/width.ts";
import { shownName, stripControl } from "../text.ts";
import type { Prediction } from "./classify.ts";

type Answered = Extract<Prediction, { guesses: unknown }>;

/** The share of a terminal's width that paths have, so that the answers of all lines begin in one column. */
const PATH_SHARE = 0.4;
const PATH_LEAST = 12;

/**
 * Returns the columns for the paths on a terminal of this width.
 * @param paths null if they are not known yet
 */
export function pathColumns(paths: readonly string[] | null, width: number): number {
  const most = Math.max(PATH_LEAST, Math.floor(width * PATH_SHARE));
  if (paths === null) return most;
  return paths.reduce((longest, path) => Math.max(longest, Math.min(most, stringWidth(stripControl(path)))), 0);
}

/**
 * Returns `photo.jpg  cat 0.93  fox 0.05`.
 * @param place the width of the terminal and the columns for the path, to which a long path is cut at its beginning.
 * Long answers take columns from it. Null to cut nothing
 */
export function predictionLine(
  { path, guesses }: Answered,
  place: { readonly width: number; readonly columns: number } | null,
): string {
  const answers = guesses.map(({ name, probability }) => `  ${shownName(name)} ${probability.toFixed(3)}`).join("");
  const shown = stripControl(path);
  if (place === null) return shown + answers;
  const room = Math.min(place.columns, Math.max(PATH_LEAST, place.width - stringWidth(answers)));
  const cut = cutStart(shown, room);
  return cut + " ".repeat(Math.max(0, room - stringWidth(cut))) + answers;
}

/** Returns one JSON object: `{"path", "predictions": [{"class", "probability"}]}`, or `{"path", "error"}`. */
export function predictionJson(prediction: Prediction): string {
  if ("reason" in prediction) return JSON.stringify({ path: prediction.path, error: prediction.reason });
  const predictions = prediction.guesses.map(({ name, probability }) => ({ class: name, probability }));
  return JSON.stringify({ path: prediction.path, predictions });
}
