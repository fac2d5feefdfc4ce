/**
 * Predictions as CSV for a spreadsheet. Fields are quoted as RFC 4180 says, and lines end in a line feed.
 *
 * A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@` as a formula, which a file or class name may contain.
 * Such a path gets `./` before it, which names the same file, and any other such text an apostrophe, as OWASP
 * recommends (https://owasp.org/www-community/attacks/CSV_Injection).
 */
import { stringify } from "csv-stringify/sync";
import { stripControl } from "../text.ts";
import type { Prediction } from "./classify.ts";

/** What the columns after the first guess contain. */
export type CsvColumns =
  /** The probability of each of these classes. */
  | { readonly classes: readonly string[] }
  /** This many guesses, the most probable first. */
  | { readonly top: number };

/** Without this mark, Excel does not read a CSV file as UTF-8. */
const BYTE_ORDER_MARK = "\ufeff";

/** The beginnings of formulas, also as full-width characters. */
const FORMULA = /^[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/** The number of decimals of a probability. The engines compute with seven digits. */
const DECIMALS = 6;

/** Returns the first line: the names of the columns. */
export function csvHead(columns: CsvColumns): string {
  const more = "classes" in columns
    ? columns.classes.map((name) => `p(${stripControl(name)})`)
    : places(columns.top).flatMap((place) => [`class ${place}`, `probability ${place}`]);
  return BYTE_ORDER_MARK + line(["path", "class", "probability", ...more, "error"]);
}

/** Returns the line of an image. For a file that cannot be read, only the path and the last column have a text. */
export function csvRow(prediction: Prediction, columns: CsvColumns): string {
  const path = csvPath(stripControl(prediction.path));
  const width = "classes" in columns ? columns.classes.length : places(columns.top).length * 2;
  if ("reason" in prediction) {
    return line([path, "", "", ...Array<string>(width).fill(""), stripControl(prediction.reason)]);
  }
  const { guesses } = prediction;
  const cells = guesses.map(({ name, probability }) => [stripControl(name), probability.toFixed(DECIMALS)] as const);
  const [[name, probability] = ["", ""]] = cells;
  const found = new Map(guesses.map((guess) => [guess.name, guess.probability]));
  const more = "classes" in columns
    ? columns.classes.map((one) => found.get(one)?.toFixed(DECIMALS) ?? "")
    : places(columns.top).flatMap((place) => cells[place - 1] ?? ["", ""]);
  return line([path, name, probability, ...more, ""]);
}

/** The places of the guesses after the first one. */
function places(top: number): number[] {
  return Array.from({ length: top - 1 }, (_, index) => index + 2);
}

function csvPath(path: string): string {
  return FORMULA.test(path) ? `./${path}` : path;
}

/**
 * Where the decimal separator is a comma, Excel separates columns at semicolons. Within quotes, neither a semicolon nor
 * a tab can begin a cell.
 */
const ALSO_QUOTED = /[;\t]/;

function line(cells: readonly string[]): string {
  return stringify([[...cells]], { escape_formulas: true, quoted_match: ALSO_QUOTED, eof: false });
}
