/** `summary`: prints the layers of the model as Keras does. */
import { type ModelOptionName, networkNameSchema, type RunOptions } from "../config.ts";
import { fileNetwork } from "../model/base_network.ts";
import { checkWeightsInTime } from "../model/check_weights.ts";
import { describe } from "../model/layers.ts";
import { renderSummary, summaryLineLength } from "../model/summary.ts";
import { type ModelOptions, wholeModel } from "../model/whole.ts";

/** What the summary needs to know about a data set. */
export interface DataShape {
  readonly height: number;
  readonly width: number;
  /** The number of classes. */
  readonly classes: number;
}

/** The shape of the lesson's data set, Dollar Street 10, and of the demo set, which has the same shape. */
export const LESSON_DATA: DataShape = { height: 64, width: 64, classes: 10 };

export interface SummaryOptions extends Omit<Pick<RunOptions, ModelOptionName>, "base" | "cut"> {
  readonly base: ModelOptions["base"];
}

/**
 * Returns the options with the network of their base, which may be in a file.
 *
 * @throws HeadlightError (2) if it is in a file that cannot be used
 */
export async function summaryOptions(options: Pick<RunOptions, ModelOptionName>): Promise<SummaryOptions> {
  const { base, cut = null, ...rest } = options;
  const named = networkNameSchema.safeParse(base).data;
  if (named !== undefined) return { ...rest, base: named };
  await checkWeightsInTime(null, options);
  return { ...rest, base: await fileNetwork(base, cut) };
}

/**
 * Returns the text of the summary for a terminal of this many columns (by Keras's rule), or in full width for a file or
 * a pipe.
 */
export function summaryText(options: SummaryOptions, data: DataShape = LESSON_DATA, columns?: number): string {
  const rows = describe(
    wholeModel({ ...options, classes: data.classes, inputHeight: data.height, inputWidth: data.width }),
  );
  return renderSummary(rows, { lineLength: summaryLineLength(columns ?? Infinity) });
}

/**
 * Prints the summary.
 * @param output prints a text and a newline, like console.log and Python's print; Keras passes the same text to its
 * print_fn
 */
export function summary(
  options: SummaryOptions,
  output: (text: string) => void,
  data: DataShape = LESSON_DATA,
  columns?: number,
): void {
  output(summaryText(options, data, columns));
}
