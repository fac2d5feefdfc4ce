/** Predictions as lines of text or JSON. */
import { cutStart, stringWidth } from "../dashboard/text/width.ts";
import { shownName, stripControl } from "../text.ts";
import type { Prediction } from "./classify.ts";

type Answered = Extract<Prediction, { guesses: unknown }>;

/**
 * Returns `photo.jpg  cat 0.93  fox 0.05`.
 * @param width the width of the terminal, to which a long path is cut at its beginning; null to cut nothing
 */
export function predictionLine({ path, guesses }: Answered, width: number | null): string {
  const answers = guesses.map(({ name, probability }) => `  ${shownName(name)} ${probability.toFixed(3)}`).join("");
  const shown = stripControl(path);
  return (width === null ? shown : cutStart(shown, Math.max(12, width - stringWidth(answers)))) + answers;
}

/** Returns one JSON object: `{"path", "predictions": [{"class", "probability"}]}`, or `{"path", "error"}`. */
export function predictionJson(prediction: Prediction): string {
  if ("reason" in prediction) return JSON.stringify({ path: prediction.path, error: prediction.reason });
  const predictions = prediction.guesses.map(({ name, probability }) => ({ class: name, probability }));
  return JSON.stringify({ path: prediction.path, predictions });
}
