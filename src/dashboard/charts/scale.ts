/** Converts values to dots of a chart. Curves, marks, lines and ticks all use it, so that they agree. */

export interface Tick {
  readonly value: number;
  readonly label: string;
  /** Its position, in dots from the bottom. */
  readonly dot: number;
}

export interface Scale {
  /** The values at the middle of the lowest and of the highest dot. */
  readonly lower: number;
  readonly upper: number;
  readonly dots: number;
  /** The ticks, from the lowest to the highest, at most one per row. */
  readonly ticks: readonly Tick[];
  /** Whether the scale is logarithmic. */
  readonly log: boolean;
}

/** The number of rows of a chart, and the number of dots per row. */
export interface Rows {
  readonly rows: number;
  readonly dotsPerRow: number;
}

/**
 * Returns the dot of a value, counted from the bottom. The result is outside 0 … dots - 1 if the value is outside the
 * scale, and not finite if the value is not positive on a logarithmic scale.
 */
export function dotOf(
  { lower, upper, dots, log }: Pick<Scale, "lower" | "upper" | "dots" | "log">,
  value: number,
): number {
  const share = log ? Math.log(value / lower) / Math.log(upper / lower) : (value - lower) / (upper - lower);
  return Math.round(share * (dots - 1));
}

/** Returns the minimum distance between two ticks, in rows. Charts with few rows have a smaller one. */
export function tickRowsAtLeast(rows: number): number {
  return Math.max(rows < 4 ? 1 : rows < 10 ? 2 : 3, Math.ceil((rows - 1) / 8));
}

/** Removes floating-point errors: 0.30000000000000004 → 0.3. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

/** Returns the labels of an axis with as many digits as its step needs, so that none is rounded. */
export function steppedLabels(values: readonly number[], step: number): string[] {
  if (step >= 1e-5 && values.every((value) => Math.abs(value) < 1e5)) {
    const digits = fewestDigits([step], (value, places) => value.toFixed(places));
    return values.map((value) => value.toFixed(digits));
  }
  const digits = fewestDigits(values, (value, places) => value.toExponential(places));
  return values.map((value) => value === 0 ? "0" : value.toExponential(digits));
}

function fewestDigits(values: readonly number[], written: (value: number, places: number) => string): number {
  let places = 0;
  while (places < 12 && values.some((value) => tidy(Number(written(value, places))) !== tidy(value))) places++;
  return places;
}
