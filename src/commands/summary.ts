/** `summary`: the model, layer by layer, as Keras prints it. */
import type { ModelOptionName, RunOptions } from "../config.ts";
import { describe } from "../model/layers.ts";
import { renderSummary, SUMMARY_LEAST_LINE_LENGTH, SUMMARY_LINE_LENGTH } from "../model/summary.ts";
import { wholeModel } from "../model/whole.ts";

/** What the summary needs to know of a data set. */
export interface DataShape {
  readonly height: number;
  readonly width: number;
  /** How many there are. */
  readonly classes: number;
}

/** The lesson's data: Dollar Street 10, and the demo set drawn after it. */
export const LESSON_DATA: DataShape = { height: 64, width: 64, classes: 10 };

export type SummaryOptions = Pick<RunOptions, ModelOptionName>;

/** The summary's text for a terminal of so many columns (Keras's rule), or at full width for a file or a pipe. */
export function summaryText(options: SummaryOptions, data: DataShape = LESSON_DATA, columns?: number): string {
  const rows = describe(
    wholeModel({ ...options, classes: data.classes, inputHeight: data.height, inputWidth: data.width }),
  );
  const room = columns === undefined ? SUMMARY_LINE_LENGTH : Math.min(SUMMARY_LINE_LENGTH, columns - 4);
  return renderSummary(rows, { lineLength: Math.max(SUMMARY_LEAST_LINE_LENGTH, room) });
}

/** @param output prints a text and a newline, as console.log and Python's print do; Keras's print_fn gets the same. */
export function summary(
  options: SummaryOptions,
  output: (text: string) => void,
  data: DataShape = LESSON_DATA,
  columns?: number,
): void {
  output(summaryText(options, data, columns));
}
