/** Counts and lists of names as text, in the form that all views and messages share. Pure. */

const NAMED = 3;

const counts = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** Formats a whole number with thousands separators: 7093360 → `7,093,360`. */
export function count(value: number): string {
  return counts.format(value);
}

/** Returns a number followed by the noun in the right form: `1 image`, `1,165 images`. */
export function counted(number: number, one: string, several: string): string {
  return `${count(number)} ${number === 1 ? one : several}`;
}

/** Returns the first names, separated by commas, with an ellipsis if there are more. */
export function named(names: readonly string[], most: number = NAMED): string {
  return names.slice(0, most).join(", ") + (names.length > most ? ", …" : "");
}
