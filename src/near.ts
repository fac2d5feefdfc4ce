/** Suggestions ("did you mean …?") for unknown names. */
import { closest, distance } from "fastest-levenshtein";

/**
 * Returns the known name that is closest to `given`, ignoring case, or null if none is close. An identical name is
 * never suggested: it has been tried already, and may be a link whose target is missing.
 */
export function nearest(given: string, known: readonly string[]): string | null {
  const others = known.filter((name) => name !== given);
  if (others.length === 0) return null;
  const lower = others.map((name) => name.toLowerCase());
  const near = closest(given.toLowerCase(), lower);
  const edits = distance(given.toLowerCase(), near);
  const isNear = edits <= Math.max(2, Math.floor(near.length / 3));
  // Of short names, such as head and seed, two other letters make another word. Swapped letters do not.
  const isOtherWord = edits * 2 >= Math.max(given.length, near.length) && letters(given) !== letters(near);
  return isNear && !isOtherWord ? others[lower.indexOf(near)] ?? null : null;
}

function letters(name: string): string {
  return [...name.toLowerCase()].sort().join("");
}

/** Returns ", did you mean …?" with the closest known name, or an empty text if none is close. */
export function didYouMean(given: string, known: readonly string[]): string {
  return suggestion(nearest(given, known));
}

/** Returns ", did you mean …?", or an empty text if there is nothing to suggest. */
export function suggestion(near: string | null): string {
  return near === null ? "" : `, did you mean ${near}?`;
}
