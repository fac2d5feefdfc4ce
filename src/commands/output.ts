/** Writes to standard output and standard error. */
import { HeadlightError } from "../errors.ts";
import { spellCommands } from "../paths.ts";
import { systemCode, systemReason } from "../files/system_error.ts";

/** Standard output cannot be written, because the disk is full or the limit on file sizes is reached. */
export class OutputError extends HeadlightError {
  readonly problem: string;

  constructor(cause: unknown) {
    const limit = systemCode(cause) === "EFBIG" ? ", the limit of ulimit -f" : "";
    const problem = `Standard output cannot be written (${systemReason(cause)}${limit})`;
    super(`${problem}. Redirect it elsewhere.`, 1, { cause });
    this.problem = problem;
  }
}

/**
 * Writes a text to standard output. Unlike `console.log`, it reports errors.
 * @throws Deno.errors.BrokenPipe if the reader has closed the pipe; OutputError for any other system error
 */
export function writeOut(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
  } catch (error) {
    throw error instanceof Deno.errors.BrokenPipe ? error : new OutputError(error);
  }
}

/**
 * Rings the terminal's bell: on standard error, so that lines on standard output stay what they are. Does nothing
 * without a terminal there.
 */
export function ringBell(): void {
  if (Deno.stderr.isTerminal()) Deno.stderr.writeSync(Uint8Array.of(7));
}

/**
 * Writes a line to standard output. Commands in it are spelled as they must be typed here; JSON is unchanged.
 *
 * @throws as `writeOut`
 */
export function print(line: string): void {
  writeOut((line.startsWith("{") ? line : spellCommands(line)) + "\n");
}

/** Writes a line to standard error, after the program's name. */
export function complain(line: string): void {
  console.error(`headlight: ${spellCommands(line)}`);
}
