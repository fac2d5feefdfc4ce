/** Writes the page to a file. */
import { HeadlightError } from "../errors.ts";
import { writeFileAtomicSync } from "../files/atomic.ts";
import { explainSystemError } from "../files/system_error.ts";

/** @throws HeadlightError (2) if the name of the file is not that of a page, so that no other file is overwritten */
export function checkPageName(path: string): void {
  if (/\.html?$/i.test(path)) return;
  throw new HeadlightError(`--out ${path}: unsupported format. Use a file name ending in .html.`);
}

/**
 * Writes the page atomically and returns its size in bytes.
 * @throws HeadlightError (1) if the file cannot be written; `TRY_AGAIN` if the disk has no room
 */
export function writePage(path: string, html: string): number {
  const bytes = new TextEncoder().encode(html);
  try {
    writeFileAtomicSync(path, bytes);
  } catch (error) {
    const explained = explainSystemError(error, `writing the report ${path}`);
    if (!(explained instanceof HeadlightError)) throw explained;
    throw new HeadlightError(`${explained.message}. Name another file with --out.`, explained.exitStatus, {
      cause: error,
    });
  }
  return bytes.length;
}
