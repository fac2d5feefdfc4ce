/** Counts and names in a line. */

const NAMED = 3;

/** `1 image`, `12 images`. */
export function count(number: number, one: string, several: string): string {
  return `${number} ${number === 1 ? one : several}`;
}

/** The first names, and an ellipsis if there are more. */
export function named(names: readonly string[]): string {
  return names.slice(0, NAMED).join(", ") + (names.length > NAMED ? ", …" : "");
}
