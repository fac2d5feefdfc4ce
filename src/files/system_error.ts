/** Errors of the operating system, such as a full disk or a missing permission, as messages for the person. */
import { constants } from "node:os";
import { errorLine, HeadlightError, TRY_AGAIN } from "../errors.ts";

/** The names of this operating system's errors, by number. */
const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([name, number]) => [number, name]),
);

/**
 * Returns the code of an operating system error, such as ENOENT, or null for any other error. Deno and Node set `code`
 * on most such errors. For some (EFBIG, ENOLCK, ENOSYS) Deno only puts the number into the message.
 */
export function systemCode(error: unknown): string | null {
  // A HeadlightError may quote a system error but is already a complete message.
  if (!(error instanceof Error) || error instanceof HeadlightError) return null;
  // An AbortError also has a code, but it is a number.
  if ("code" in error && typeof error.code === "string") return error.code;
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1];
  return number === undefined ? null : NAMES.get(Number(number)) ?? `os error ${number}`;
}

/** Returns whether an error comes from the operating system. */
export function isSystemError(error: unknown): error is Error {
  return systemCode(error) !== null;
}

/**
 * Returns whether an error says that a file is not there. On a network file system, ESTALE says that another host has
 * removed a file that was there a moment ago.
 */
export function isGone(error: unknown): boolean {
  const code = systemCode(error);
  return code === "ENOENT" || code === "ESTALE";
}

/** Returns the system's message without its code, the system call and the path, which the surrounding message names. */
export function systemReason(error: unknown): string {
  return errorLine(error).replace(/ \(os error.*$/, "").replace(/[:,] \w+ '.*'$/, "").replace(/^E[A-Z]+: /, "");
}

/** The errors of a disk that has no room: trying again may help. */
const NO_ROOM: readonly (string | null)[] = ["ENOSPC", "EDQUOT"];

/**
 * Returns a HeadlightError for a system error such as ENOSPC (`TRY_AGAIN`) or EACCES (1), and any other error
 * unchanged.
 * @param doing what failed, such as `reading the weights file x.h5`; the message begins with it
 */
export function explainSystemError(error: unknown, doing: string): unknown {
  const explained = withoutRemedy(error, doing);
  if (!(explained instanceof HeadlightError) || explained === error) return error;
  const remedy = systemCode(error) === "EFBIG"
    ? ". Raise the limit on file sizes (ulimit -f)"
    : NO_ROOM.includes(systemCode(error))
    ? ". Free some disk space"
    : "";
  return new HeadlightError(explained.message + remedy, explained.exitStatus, { cause: error });
}

/** Does the same as `explainSystemError` for files in the cache, and adds how to use another cache folder. */
export function explainCacheError(error: unknown, doing: string): unknown {
  const explained = withoutRemedy(error, doing);
  return explained instanceof HeadlightError && explained !== error ? withCacheRemedy(explained) : error;
}

/** Returns a HeadlightError for any error, from the system or a library, in using the cache. */
export function cacheError(error: unknown, doing: string): HeadlightError {
  const explained = withoutRemedy(error, doing);
  if (explained instanceof HeadlightError) return explained === error ? explained : withCacheRemedy(explained);
  return withCacheRemedy(new HeadlightError(`${doing}: ${errorLine(error)}`, 1, { cause: error }));
}

function withoutRemedy(error: unknown, doing: string): unknown {
  if (!isSystemError(error)) return error;
  const status = NO_ROOM.includes(systemCode(error)) ? TRY_AGAIN : 1;
  return new HeadlightError(`${doing}: ${systemReason(error)}`, status, { cause: error });
}

function withCacheRemedy({ message, exitStatus, cause }: HeadlightError): HeadlightError {
  const remedy = "Free some disk space, correct the permissions, or choose another cache folder with XDG_CACHE_HOME";
  return new HeadlightError(`${message}. ${remedy}`, exitStatus, { cause });
}
