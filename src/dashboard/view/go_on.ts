/** How far a viewer is with letting its run go on. Pure. */

/** The stages between the key and the first event of the run that goes on. */
export type GoOnStage =
  /** The footer asks for the number of epochs. `typed` contains the digits so far; empty for the suggested number. */
  | { readonly stage: "asking"; readonly typed: string }
  /** The run is checked. It may still turn out that it cannot go on. */
  | { readonly stage: "checking" }
  /** The trainer starts. Events up to the number `after` are of earlier sessions. */
  | { readonly stage: "starting"; readonly after: number };

/** The maximum number of digits. */
const DIGITS = 6;

/** Returns the number after a key: a digit, or backspace. Ignores zeros at its beginning. */
export function afterDigit(typed: string, key: string): string {
  if (key === "backspace") return typed.slice(0, -1);
  return typed.length >= DIGITS || (typed === "" && key === "0") ? typed : typed + key;
}
