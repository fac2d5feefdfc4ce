/** Errors that are shown to people, and how any error becomes one line. */
import { stripControl } from "./text.ts";

/** The exit status if trying again later may help, as when a disk is full: EX_TEMPFAIL of sysexits(3). */
export const TRY_AGAIN = 75;

/**
 * An error that is meant to be read by a person: one line that says what is wrong, where, and what to do. Any other
 * error that is thrown is a defect of Headlight and is kept with its stack.
 */
export class HeadlightError extends Error {
  override name = "HeadlightError";

  /**
   * @param exitStatus 2 if the arguments, the config or the data were found to be unusable before the run started; 1 if
   * the problem was found later; `TRY_AGAIN` if the problem may go away by itself
   */
  constructor(message: string, readonly exitStatus: 1 | 2 | typeof TRY_AGAIN = 2, options?: ErrorOptions) {
    super(message, options);
  }
}

/** An error in the data that was found while the run read it. Repeating the run would end the same way. */
export class UnusableDataError extends HeadlightError {
  constructor(message: string) {
    super(message, 1);
  }
}

/**
 * Options that cannot be used on this machine, which only the run's own preparation showed. The run has computed
 * nothing yet, so its exit status is that of unusable arguments.
 */
export class UnusableOptionsError extends HeadlightError {}

/** Returns one line for anything that was thrown, without terminal escapes and control characters. */
export function errorLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return stripControl(text.replaceAll(/\s*\n\s*/g, " ").trim());
}
