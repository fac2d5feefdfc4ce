/** Writes the page to a file. */
import { HeadlightError } from "../errors.ts";
import { writeFileAtomicSync } from "../files/atomic.ts";
import { systemReason } from "../files/system_error.ts";

/** @throws HeadlightError (2) if the name of the file is not that of a page, so that no other file is overwritten */
export function checkPageName(path: string): void {
  if (/\.html?$/i.test(path)) return;
  throw new HeadlightError(`--out ${path}: unsupported format. Use a file name ending in .html.`);
}

/**
 * Writes the page atomically and returns its size in bytes.
 * @throws HeadlightError (2) if the file cannot be written
 */
export function writePage(path: string, html: string): number {
  const bytes = new TextEncoder().encode(html);
  try {
    writeFileAtomicSync(path, bytes);
  } catch (error) {
    throw new HeadlightError(`${path} cannot be written (${systemReason(error)}). Name another file with --out.`);
  }
  return bytes.length;
}
