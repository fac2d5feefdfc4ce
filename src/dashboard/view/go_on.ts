/** How far a viewer is with letting its run go on. Pure. */

/** The stages between the key and the first event of the run that goes on. */
export type GoOnStage =
  /**
   * The footer asks for the number of epochs. `typed` contains the digits so far; null before the first key, for the
   * suggested number. `refused` says why an answer was not accepted, until the next key.
   */
  | { readonly stage: "asking"; readonly typed: string | null; readonly refused?: string }
  /** The run is checked. It may still turn out that it cannot go on. */
  | { readonly stage: "checking" }
  /** The trainer starts. Events up to the number `after` are of earlier sessions. */
  | { readonly stage: "starting"; readonly after: number };

/** The maximum number of digits. */
const DIGITS = 6;

/** Returns the digits after a key: a digit, or backspace, which clears a suggested number. */
export function afterDigit(typed: string | null, key: string): string {
  const before = typed ?? "";
  if (key === "backspace") return before.slice(0, -1);
  // A zero at the beginning is replaced by the next digit.
  if (before === "0") return key;
  return before.length >= DIGITS ? before : before + key;
}

/** Says why the digits are no answer, or returns null if they are one. */
export function refusalOf(typed: string | null): string | null {
  if (typed === "") return "type a number";
  return typed === "0" ? "at least 1" : null;
}
