/** Errors of the operating system (no space, no permission), said as what they are: nothing Headlight did wrong. */
import { constants } from "node:os";
import { errorLine, HeadlightError } from "../errors.ts";

/** Names of the operating system's errors by their numbers, as this system has them. */
const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([name, number]) => [number, name]),
);

/**
 * Returns the operating system's code of an error, such as ENOENT, or null if it is not one of the system's. Deno and
 * Node give such errors a code. Deno lacks those of some (EFBIG, ENOLCK, ENOSYS), which its message has as a number.
 */
export function systemCode(error: unknown): string | null {
  // A HeadlightError may quote the system, but says already what it means.
  if (!(error instanceof Error) || error instanceof HeadlightError) return null;
  // An abort has a code too, but a number.
  if ("code" in error && typeof error.code === "string") return error.code;
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1];
  return number === undefined ? null : NAMES.get(Number(number)) ?? `os error ${number}`;
}

/** Whether an error is one of the operating system's. */
export function isSystemError(error: unknown): error is Error {
  return systemCode(error) !== null;
}

/** Returns what the system said, without its code, the call and the path: the line that this becomes part of names it. */
export function systemReason(error: unknown): string {
  return errorLine(error).replace(/ \(os error.*$/, "").replace(/[:,] \w+ '.*'$/, "").replace(/^E[A-Z]+: /, "");
}

/** A HeadlightError (1) for an error that carries a system code such as ENOSPC or EACCES; any other as it is. */
export function explainSystemError(error: unknown, doing: string): unknown {
  if (!isSystemError(error)) return error;
  const limit = systemCode(error) === "EFBIG" ? "; raise the limit on the size of files (ulimit -f)" : "";
  return new HeadlightError(`${doing}: ${systemReason(error)}${limit}`, 1, { cause: error });
}

/** `explainSystemError` for what lies in the cache: the line says how to have the cache elsewhere. */
export function explainCacheError(error: unknown, doing: string): unknown {
  const explained = explainSystemError(error, doing);
  return explained instanceof HeadlightError && explained !== error ? withRemedy(explained) : error;
}

/** A HeadlightError (1) for any error in using the cache, be it of the system's or of a library's. */
export function cacheError(error: unknown, doing: string): HeadlightError {
  return error instanceof HeadlightError
    ? error
    : withRemedy(new HeadlightError(`${doing}: ${errorLine(error)}`, 1, { cause: error }));
}

function withRemedy({ message, cause }: HeadlightError): HeadlightError {
  const remedy = "make room there or mend its permissions, or name another cache folder with XDG_CACHE_HOME";
  return new HeadlightError(`${message}; ${remedy}`, 1, { cause });
}
