/** The order of runs by age, the same in every list and for `latest`. */

const numeric = new Intl.Collator("en", { numeric: true });

export interface Aged {
  readonly id: string;
  /** When the run was created, in ISO 8601; null if that is not known. */
  readonly created: string | null;
}

/** Compares two runs for sorting: the newest first, runs without a known time last. */
export function newer(one: Aged, other: Aged): number {
  return compareTexts(other.created ?? "", one.created ?? "") || numeric.compare(other.id, one.id);
}

/** Compares two texts by their characters. */
export function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
