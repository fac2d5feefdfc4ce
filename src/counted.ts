/** Counts and names in a line. Pure. */

const NAMED = 3;

/** Returns a number with what is counted: `1 image`, `12 images`. */
export function count(number: number, one: string, several: string): string {
  return `${number} ${number === 1 ? one : several}`;
}

/** Returns the first names, and an ellipsis if there are more. */
export function named(names: readonly string[], most: number = NAMED): string {
  return names.slice(0, most).join(", ") + (names.length > most ? ", …" : "");
}
