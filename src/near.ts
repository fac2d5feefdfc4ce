/** "Did you mean …?" for names that are not known. */
import { closest, distance } from "fastest-levenshtein";

/**
 * The known name that `given` was likely meant to be, or null where none is near. Case does not count. The same name is
 * none: it was tried, and a link of that name may lead nowhere.
 */
export function nearest(given: string, known: readonly string[]): string | null {
  const others = known.filter((name) => name !== given);
  if (others.length === 0) return null;
  const lower = others.map((name) => name.toLowerCase());
  const near = closest(given.toLowerCase(), lower);
  const isNear = distance(given.toLowerCase(), near) <= Math.max(2, Math.floor(near.length / 3));
  return isNear ? others[lower.indexOf(near)] ?? null : null;
}

/** Returns ", did you mean …?" for the known name that is near, or an empty text. */
export function didYouMean(given: string, known: readonly string[]): string {
  return suggestion(nearest(given, known));
}

/** Returns ", did you mean …?", or an empty text where there is nothing to suggest. */
export function suggestion(near: string | null): string {
  return near === null ? "" : `, did you mean ${near}?`;
}
