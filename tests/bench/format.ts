/** Formats numbers and tables for people. Pure. Tables are Markdown, so that the README can quote them. */
import prettyBytes from "pretty-bytes";
import stringWidth from "string-width";
import type { Unit } from "./report_schema.ts";

const SMALL = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 3 });
const LARGE = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

function number(value: number): string {
  return (Math.abs(value) >= 100 ? LARGE : SMALL).format(value);
}

/** Returns a number with its unit: "20.5 images/s", "1.3×", "1/31.2", "0.8 %", "1.2 GB". */
export function withUnit(value: number, unit: Unit): string {
  switch (unit) {
    case "bytes":
      return prettyBytes(value);
    case "ratio":
      return `${number(value)}×`;
    case "share":
      return `1/${number(1 / value)}`;
    case "relative":
      return `${number(value * 100)} %`;
    default:
      return `${number(value)} ${unit}`;
  }
}

/** Returns the range of samples, e.g. "20.1–21.3 images/s", or an empty text for a single sample. */
export function range(samples: readonly number[], unit: Unit): string {
  if (samples.length < 2) return "";
  return `${withUnit(Math.min(...samples), unit)} – ${withUnit(Math.max(...samples), unit)}`;
}

/** Returns a Markdown table that is aligned in a terminal too. The columns in `right` are right-aligned. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[],
): string[] {
  const widths = head.map((cell, column) =>
    Math.max(3, ...[cell, ...rows.map((row) => row[column] ?? "")].map((text) => stringWidth(text)))
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => padded(cells[column] ?? "", width, right.includes(column))).join(" | ")} |`;
  const rule = widths.map((width, column) => "-".repeat(width - 1) + (right.includes(column) ? ":" : "-"));
  return [line(head), line(rule), ...rows.map(line)];
}

function padded(text: string, width: number, right: boolean): string {
  const space = " ".repeat(width - stringWidth(text));
  return right ? space + text : text + space;
}
