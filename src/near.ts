/** "Did you mean …?" for names that are not known. */
import { closest, distance } from "fastest-levenshtein";

/** The known name that `given` was likely meant to be, or null where none is near. */
export function nearest(given: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const near = closest(given, [...known]);
  return distance(given, near) <= Math.max(2, Math.floor(near.length / 3)) ? near : null;
}

/** ", did you mean …?" or nothing. */
export function didYouMean(given: string, known: readonly string[]): string {
  const near = nearest(given, known);
  return near === null ? "" : `, did you mean ${near}?`;
}
