/** What is known of a range of figures: its lowest and highest figure, and its mean. */
import type { Summary } from "./sequence.ts";

/** The indexes are -1 if there is no such figure. Of equal figures, the first one counts. */
export interface Span {
  /** The number of figures that are not null, and their sum. */
  count: number;
  sum: number;
  lowest: number;
  lowestAt: number;
  highest: number;
  highestAt: number;
  /** The lowest figure above zero, which is the lowest one on a logarithmic axis; Infinity if there is none. */
  lowestPositive: number;
}

/** The span of figures. null is no figure. */
export const SPAN: Summary<number | null, Span> = {
  start: () => ({
    count: 0,
    sum: 0,
    lowest: Infinity,
    lowestAt: -1,
    highest: -Infinity,
    highestAt: -1,
    lowestPositive: Infinity,
  }),
  add(into, figure, index) {
    if (figure === null) return;
    into.count++;
    into.sum += figure;
    if (figure > 0) into.lowestPositive = Math.min(into.lowestPositive, figure);
    extend(into, figure, index, figure, index);
  },
  join(into, next) {
    if (next.count === 0) return;
    into.count += next.count;
    into.sum += next.sum;
    into.lowestPositive = Math.min(into.lowestPositive, next.lowestPositive);
    extend(into, next.lowest, next.lowestAt, next.highest, next.highestAt);
  },
};

function extend(into: Span, lowest: number, lowestAt: number, highest: number, highestAt: number): void {
  if (into.lowestAt < 0 || lowest < into.lowest) {
    into.lowest = lowest;
    into.lowestAt = lowestAt;
  }
  if (into.highestAt < 0 || highest > into.highest) {
    into.highest = highest;
    into.highestAt = highestAt;
  }
}
