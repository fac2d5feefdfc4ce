/** From a figure to the dot of a chart where it stands: one rule for curves, marks, lines and ticks. */

export interface Tick {
  readonly value: number;
  readonly label: string;
  /** Where it stands, in dots from the bottom. */
  readonly dot: number;
}

export interface Scale {
  /** The figures at the middle of the lowest and of the highest dot. */
  readonly lower: number;
  readonly upper: number;
  readonly dots: number;
  /** From the lowest to the highest, each in a row of its own. */
  readonly ticks: readonly Tick[];
  /** Whether equal distances are equal ratios. */
  readonly log: boolean;
}

/** The rows of a chart, and how many dots each has from its bottom to its top. */
export interface Rows {
  readonly rows: number;
  readonly dotsPerRow: number;
}

/**
 * The dot where a figure stands, counted from the bottom; outside 0 … dots - 1 where it is off the scale, and not finite
 * where it is not positive on a logarithmic scale.
 */
export function dotOf(
  { lower, upper, dots, log }: Pick<Scale, "lower" | "upper" | "dots" | "log">,
  value: number,
): number {
  const share = log ? Math.log(value / lower) / Math.log(upper / lower) : (value - lower) / (upper - lower);
  return Math.round(share * (dots - 1));
}

/** How many rows lie between two ticks at least, so that labels leave room: fewer where there are few. */
export function tickRowsAtLeast(rows: number): number {
  return Math.max(rows < 4 ? 1 : rows < 10 ? 2 : 3, Math.ceil((rows - 1) / 8));
}

/** Removes the noise of binary fractions: 0.30000000000000004 → 0.3. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

/** All labels of one axis with as many digits as its step needs: none is rounded. */
export function steppedLabels(values: readonly number[], step: number): string[] {
  if (step >= 1e-5 && values.every((value) => Math.abs(value) < 1e5)) {
    const digits = fewestDigits([step], (value, places) => value.toFixed(places));
    return values.map((value) => value.toFixed(digits));
  }
  const digits = fewestDigits(values, (value, places) => value.toExponential(places));
  return values.map((value) => value.toExponential(digits));
}

function fewestDigits(values: readonly number[], written: (value: number, places: number) => string): number {
  let places = 0;
  while (places < 12 && values.some((value) => tidy(Number(written(value, places))) !== tidy(value))) places++;
  return places;
}
