/** Errors of the operating system (no space, no permission), said as what they are: nothing Headlight did wrong. */
import { HeadlightError } from "../errors.ts";

/** A HeadlightError (1) for an error that carries a system code such as ENOSPC or EACCES; any other as it is. */
export function explainSystemError(error: unknown, doing: string): unknown {
  if (!(error instanceof Error) || error instanceof HeadlightError || !("code" in error)) return error;
  return new HeadlightError(`${doing}: ${error.message}`, 1, { cause: error });
}
