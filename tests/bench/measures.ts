/** From samples to measures and judgements. Pure. */
import { median } from "./numbers.ts";
import type { Check, Measure, Unit } from "./report_schema.ts";

/** Samples of one quantity of one contender. Throws RangeError where there are none. */
export function measure(quantity: string, of: string, unit: Unit, samples: readonly number[]): Measure {
  return { quantity, of, unit, samples: [...samples], median: median(samples), ratio: null };
}

/** The measures, each of the quantities that `to` has too with its ratio to it. */
export function withRatios(measures: readonly Measure[], to: string): Measure[] {
  return measures.map((one) => {
    const other = measures.find(({ of, quantity }) => of === to && quantity === one.quantity);
    if (!other || other === one) return one;
    return { ...one, ratio: { to, value: one.median / other.median } };
  });
}

/** The median of one measure; null where it was not measured. */
export function medianOf(measures: readonly Measure[], quantity: string, of: string): number | null {
  return measures.find((one) => one.quantity === quantity && one.of === of)?.median ?? null;
}

/** One number over another; null where one of them was not measured. */
export function over(numerator: number | null, denominator: number | null): number | null {
  return numerator === null || denominator === null ? null : numerator / denominator;
}

export type Limit = Pick<Check, "what" | "unit" | "bound" | "limit">;

/** Whether what was got keeps the limit; null: not measured. NaN keeps none. */
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
