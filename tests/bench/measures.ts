/** Turns samples into measures and compares these with limits. Pure. */
import { median } from "./numbers.ts";
import type { Check, Measure, Unit } from "./report_schema.ts";

/** Returns the measure of one quantity of one contender. Throws RangeError if there are no samples. */
export function measure(quantity: string, of: string, unit: Unit, samples: readonly number[]): Measure {
  return { quantity, of, unit, samples: [...samples], median: median(samples), ratio: null };
}

/** Returns the measures, with a ratio to the contender `to` wherever that has the same quantity. */
export function withRatios(measures: readonly Measure[], to: string): Measure[] {
  return measures.map((one) => {
    const other = measures.find(({ of, quantity }) => of === to && quantity === one.quantity);
    if (!other || other === one) return one;
    return { ...one, ratio: { to, value: one.median / other.median } };
  });
}

/** Returns the median of one measure, or null if it was not measured. */
export function medianOf(measures: readonly Measure[], quantity: string, of: string): number | null {
  return measures.find((one) => one.quantity === quantity && one.of === of)?.median ?? null;
}

/** Divides two numbers. Returns null if either was not measured. */
export function over(numerator: number | null, denominator: number | null): number | null {
  return numerator === null || denominator === null ? null : numerator / denominator;
}

export type Limit = Pick<Check, "what" | "unit" | "bound" | "limit">;

/** Returns whether the measured value keeps the limit, or null if it was not measured. NaN keeps no limit. */
export function judge(limit: Limit, got: number | null): Check {
  return { ...limit, got, holds: got === null ? null : keeps(limit, got) };
}

function keeps({ bound, limit }: Limit, got: number): boolean {
  switch (bound) {
    case "at least":
      return got >= limit;
    case "at most":
      return got <= limit;
    case "below":
      return got < limit;
  }
}
