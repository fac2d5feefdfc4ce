/** Counts and lists of names as text. Pure. */

const NAMED = 3;

/** Returns a number followed by the noun in the right form: `1 image`, `12 images`. */
export function count(number: number, one: string, several: string): string {
  return `${number} ${number === 1 ? one : several}`;
}

/** Returns the first names, separated by commas, with an ellipsis if there are more. */
export function named(names: readonly string[], most: number = NAMED): string {
  return names.slice(0, most).join(", ") + (names.length > most ? ", …" : "");
}
