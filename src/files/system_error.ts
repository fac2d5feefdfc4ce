/** Errors of the operating system (no space, no permission), said as what they are: nothing Headlight did wrong. */
import { errorLine, HeadlightError } from "../errors.ts";

/** Whether an error is one of the operating system's: Deno and Node give those a code, such as ENOENT. */
export function isSystemError(error: unknown): error is Error & { readonly code: string } {
  // An abort has a code too, but a number.
  return error instanceof Error && "code" in error && typeof error.code === "string";
}

/** A HeadlightError (1) for an error that carries a system code such as ENOSPC or EACCES; any other as it is. */
export function explainSystemError(error: unknown, doing: string): unknown {
  if (!isSystemError(error)) return error;
  return new HeadlightError(`${doing}: ${error.message}`, 1, { cause: error });
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
