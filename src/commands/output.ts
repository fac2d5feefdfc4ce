/** Standard output, with what keeps it from being written. */
import { HeadlightError } from "../errors.ts";
import { spellCommands } from "../paths.ts";
import { systemCode, systemReason } from "../files/system_error.ts";

/** Standard output cannot be written: its disk is full, or a limit on the size of files is reached. */
export class OutputError extends HeadlightError {
  readonly problem: string;

  constructor(cause: unknown) {
    const limit = systemCode(cause) === "EFBIG" ? ", the limit of ulimit -f" : "";
    const problem = `standard output cannot be written (${systemReason(cause)}${limit})`;
    super(`${problem}; write it somewhere else`, 1, { cause });
    this.problem = problem;
  }
}

/**
 * Writes all of a text to standard output. `console.log` would pass over an error.
 * @throws Deno.errors.BrokenPipe if the reader is gone; OutputError for any other error of the system
 */
export function writeOut(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
  } catch (error) {
    throw error instanceof Deno.errors.BrokenPipe ? error : new OutputError(error);
  }
}

/** Writes a line to standard output, its commands spelled as they work here; JSON as it is. @throws as `writeOut` */
export function print(line: string): void {
  writeOut((line.startsWith("{") ? line : spellCommands(line)) + "\n");
}

/** Writes a line to standard error, with the program's name before it as is usual. */
export function complain(line: string): void {
  console.error(`headlight: ${spellCommands(line)}`);
}
