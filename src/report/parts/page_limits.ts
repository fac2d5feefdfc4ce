/**
 * How much a page shows of each run. A reader compares a few classes and images of many runs, or many of a few, so all
 * runs share the page, and a page with up to thirty runs stays below 2 MB, so that it can be sent. Pure.
 */

export interface PageLimits {
  /** The rows of a table with one row for each class. */
  readonly classRows: number;
  /** The classes of a confusion matrix that is a table. */
  readonly matrixClasses: number;
  /** The length of a confusion matrix that is a picture, in characters. */
  readonly matrixPicture: number;
  /** The most confident mistakes. */
  readonly mistakes: number;
  /** The rows of a table with one row for each epoch. history.csv has the others. */
  readonly epochs: number;
}

/** The limits of all runs together, and the least and the most of each one. */
const CLASS_ROWS = { inAll: 450, least: 10, most: 200 };
const MATRIX_CELLS = 4000;
const MATRIX_CLASSES = { least: 8, most: 25 };
const MATRIX_PICTURES = 800_000;
const MISTAKES = { inAll: 60, least: 2, most: 24 };
const EPOCHS = { inAll: 300, least: 0, most: 100 };

/** Returns the limits for each of several runs. */
export function limitsFor(runs: number): PageLimits {
  const each = ({ inAll, ...limits }: Bounds & { readonly inAll: number }) => within(limits, inAll / runs);
  return {
    classRows: each(CLASS_ROWS),
    matrixClasses: within(MATRIX_CLASSES, Math.sqrt(MATRIX_CELLS / runs)),
    matrixPicture: Math.floor(MATRIX_PICTURES / runs),
    mistakes: each(MISTAKES),
    epochs: each(EPOCHS),
  };
}

interface Bounds {
  readonly least: number;
  readonly most: number;
}

function within({ least, most }: Bounds, amount: number): number {
  return Math.min(most, Math.max(least, Math.floor(amount)));
}
