/** Errors, and how they are told. */
import { stripControl } from "./text.ts";

/**
 * The one kind of error a person is meant to read: what is wrong, where, and what to do, in one line. Everything else
 * that is thrown is a defect of Headlight's and keeps its stack.
 */
export class HeadlightError extends Error {
  override name = "HeadlightError";

  /** @param exitStatus 2: unusable arguments, config or data, known before the run starts; 1: found later. */
  constructor(message: string, readonly exitStatus: 1 | 2 = 2, options?: ErrorOptions) {
    super(message, options);
  }
}

/** What was found in the data as the run read it: repeated, the run would end the same way. */
export class UnusableDataError extends HeadlightError {
  constructor(message: string) {
    super(message, 1);
  }
}

/** The line to show for anything that was thrown: one, without what a terminal would obey. */
export function errorLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return stripControl(text.replaceAll(/\s*\n\s*/g, " ").trim());
}
