/** The lines that `predict` prints: for people, as JSON or as CSV. */
import process from "node:process";
import type { Prediction } from "../results/classify.ts";
import { type CsvColumns, csvHead, csvRow } from "../results/prediction_csv.ts";
import { pathColumns, predictionJson, predictionLine } from "../results/prediction_text.ts";
import { stripControl } from "../text.ts";
import type { PredictFlags } from "./command_flags.ts";
import { complain } from "./output.ts";

/** The number of classes of an image in a line for people and in JSON. */
const USUAL_TOP = 3;

export interface PredictionLines {
  /** The number of classes that `take` needs of each image. */
  readonly top: number;
  /** Prints what comes before the first image. */
  begin(): void;
  /** Prints a prediction, or why there is none. */
  take(prediction: Prediction): void;
}

/** Names a file that cannot be read, on standard error. */
export function complainOf({ path, reason }: { readonly path: string; readonly reason: string }): void {
  complain(`${stripControl(path)}: ${stripControl(reason)}`);
}

/**
 * Returns what prints predictions in the form that was asked for.
 *
 * @param classes all classes that can be predicted
 * @param paths the paths that will be printed; null if they are not known yet
 */
export function predictionLines(
  { json, csv, top }: Pick<PredictFlags, "json" | "csv" | "top">,
  classes: readonly string[],
  paths: readonly string[] | null,
  output: (line: string) => void,
): PredictionLines {
  if (json) {
    return { top: top ?? USUAL_TOP, begin: () => {}, take: (prediction) => output(predictionJson(prediction)) };
  }
  if (csv) {
    const columns: CsvColumns = top === undefined ? { classes } : { top: Math.min(top, classes.length) };
    return {
      top: top ?? classes.length,
      begin: () => output(csvHead(columns)),
      take: (prediction) => {
        output(csvRow(prediction, columns));
        // The CSV usually goes into a file, and its reader may not look at the last column.
        if ("reason" in prediction) complainOf(prediction);
      },
    };
  }
  const width = process.stdout.isTTY ? process.stdout.columns : null;
  const place = width === null ? null : { width, columns: pathColumns(paths, width) };
  return {
    top: top ?? USUAL_TOP,
    begin: () => {},
    take: (prediction) => {
      if ("reason" in prediction) complainOf(prediction);
      else output(predictionLine(prediction, place));
    },
  };
}
