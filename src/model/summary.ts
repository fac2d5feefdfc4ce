/**
 * Renders the model summary, layer by layer, exactly as Keras prints it. Keras draws its table with `rich`
 * (keras/src/utils/summary_utils.py), so this file follows rich's rules for widths, wrapping and alignment. A test
 * compares the result with Keras's own text byte by byte.
 */
import { count } from "../counted.ts";
import { at } from "../at.ts";
import type { LayerRow } from "./layers.ts";
import { parameterTotals } from "./parameters.ts";

const HEADER = ["Layer (type)", "Output Shape", "Param #", "Connected to"] as const;
/** The end of each column, as a share of the line (Keras's `positions`). */
const POSITIONS = [0.3, 0.56, 0.74, 1] as const;
/** The index of the column that is right-aligned: the parameter counts. */
const RIGHT_ALIGNED = 2;
/** Keras's line length for a model with branches. */
export const SUMMARY_LINE_LENGTH = 108;
/** The minimum line length. In anything narrower the columns are unreadable. */
export const SUMMARY_LEAST_LINE_LENGTH = 40;

/**
 * Returns the text of Keras's `summary(line_length=…)`. Every line ends with a newline. Memory sizes assume float32.
 *
 * @param lineLength the width of the table in characters, at least SUMMARY_LEAST_LINE_LENGTH
 */
export function renderSummary(
  rows: readonly LayerRow[],
  { lineLength = SUMMARY_LINE_LENGTH }: { readonly lineLength?: number } = {},
): string {
  if (lineLength < SUMMARY_LEAST_LINE_LENGTH) {
    throw new RangeError(`a summary needs at least ${SUMMARY_LEAST_LINE_LENGTH} columns`);
  }
  const { total, trainable, non_trainable } = parameterTotals(rows);
  const lines = [
    'Model: "functional"',
    ...table(rows.map(fields), lineLength),
    ` Total params: ${sized(total)}`,
    ` Trainable params: ${sized(trainable)}`,
    ` Non-trainable params: ${sized(non_trainable)}`,
  ];
  return lines.join("\n") + "\n";
}

/**
 * Returns the lines of a stored summary with its table laid out for `lineLength` characters, as far as the table can be
 * narrower. Names that were cut in the stored table stay cut.
 */
export function summaryOfWidth(lines: readonly string[], lineLength: number): readonly string[] {
  const [first, last] = [
    lines.findIndex((line) => line.startsWith("┏")),
    lines.findIndex((line) => line.startsWith("└")),
  ];
  const width = Math.max(SUMMARY_LEAST_LINE_LENGTH, lineLength);
  if (first < 0 || last < first || (lines[first]?.length ?? 0) <= width) return lines;
  const rows: string[][] = [[]];
  for (const line of lines.slice(first, last)) {
    if (line.startsWith("├")) rows.push([]);
    if (!line.startsWith("│")) continue;
    const parts = line.split("│").slice(1, -1).map((part) => part.trim());
    const row = at(rows, rows.length - 1);
    rows[rows.length - 1] = parts.map((part, column) =>
      [row[column] ?? "", part].filter((one) => one !== "").join(" ")
    );
  }
  if (rows.some((row) => row.length !== HEADER.length)) return lines;
  return [...lines.slice(0, first), ...table(rows, width), ...lines.slice(last + 1)];
}

function table(rows: readonly (readonly string[])[], lineLength: number): string[] {
  const widths = columnWidths(lineLength);
  return [
    rule(widths, "┏", "━", "┳", "┓"),
    ...tableRow(HEADER, widths, "┃", "bottom"),
    rule(widths, "┡", "━", "╇", "┩"),
    ...rows.flatMap((row, index) => [
      ...(index > 0 ? [rule(widths, "├", "─", "┼", "┤")] : []),
      ...tableRow(row, widths, "│", "top"),
    ]),
    rule(widths, "└", "─", "┴", "┘"),
  ];
}

/** Returns Keras's line length for a terminal of this many columns. */
export function summaryLineLength(columns: number): number {
  return Math.max(SUMMARY_LEAST_LINE_LENGTH, Math.min(SUMMARY_LINE_LENGTH, columns - 4));
}

function fields(row: LayerRow): string[] {
  return [
    `${row.name} (${row.type})`,
    `(${row.outputShape.map((extent) => extent ?? "None").join(", ")})`,
    count(row.parameters),
    row.connectedTo.length === 0 ? "-" : row.connectedTo.map((name) => `${name}[0][0]`).join(", "),
  ];
}

function sized(parameters: number): string {
  return `${count(parameters)} (${readableMemorySize(parameters * 4)})`;
}

/** Formats a memory size as Keras's `readable_memory_size` does: in units of 1024, with two decimals. */
export function readableMemorySize(bytes: number): string {
  let value = bytes;
  let unit = "B";
  for (const larger of ["KB", "MB", "GB", "TB", "PB"]) {
    if (value < 1024) break;
    value /= 1024;
    unit = larger;
  }
  return `${twoDecimals(value)} ${unit}`;
}

/**
 * Formats a number like Python's `{:.2f}`. A value exactly half-way is rounded to the even digit, where toFixed rounds
 * up.
 */
function twoDecimals(value: number): string {
  return (halfEven(value * 100) / 100).toFixed(2);
}

/** Rounds like Python's `round()`: half to even. */
function halfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/**
 * Returns the width of each column's text. Keras requests more than the line can hold. rich then takes the excess from
 * the columns in equal parts (rich/_ratio.py, ratio_reduce).
 */
function columnWidths(lineLength: number): number[] {
  const ends = POSITIONS.map((position) => Math.trunc(position * lineLength));
  // Each column has one space of padding on both sides. There is a vertical line before each column and after the last
  // one.
  const asked = ends.map((end, index) => end - (index === 0 ? 0 : at(ends, index - 1)) + 2);
  let excess = asked.reduce((sum, width) => sum + width, 0) + asked.length + 1 - lineLength;
  return asked.map((width, index) => {
    const share = Math.min(width, halfEven(excess / (asked.length - index)));
    excess -= share;
    return width - share - 2;
  });
}

function rule(widths: readonly number[], left: string, line: string, cross: string, right: string): string {
  return left + widths.map((width) => line.repeat(width + 2)).join(cross) + right;
}

function tableRow(cells: readonly string[], widths: readonly number[], bar: string, align: "top" | "bottom"): string[] {
  const wrapped = cells.map((cell, column) => wrap(cell, at(widths, column), column === RIGHT_ALIGNED));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const parts = wrapped.map((lines, column) => {
      const text = lines[align === "top" ? line : line - (height - lines.length)];
      return ` ${text ?? " ".repeat(at(widths, column))} `;
    });
    return bar + parts.join(bar) + bar;
  });
}

/**
 * Wraps text as rich does with overflow "ellipsis": lines break at spaces, and a word longer than a line is cut with
 * "…".
 */
function wrap(text: string, width: number, right: boolean): string[] {
  return breakLines(text, width).map((line) => {
    const bare = right || line.length > width ? line.trimEnd() : line;
    const fitted = bare.length > width ? bare.slice(0, width - 1) + "…" : bare;
    return right ? fitted.padStart(width) : fitted.padEnd(width);
  });
}

/** Breaks text greedily, as `divide_line` in rich/_wrap.py does. A word longer than a line gets a line of its own. */
function breakLines(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.match(/\s*\S+\s*/g) ?? []) {
    if (line !== "" && line.length + word.trimEnd().length > width) {
      lines.push(line);
      line = "";
    }
    line += word;
  }
  return [...lines, line];
}
