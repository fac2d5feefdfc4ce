/** `--config FILE`: reads options from a JSON object. */
import { z } from "zod";
import { HeadlightError } from "../errors.ts";
import { nearestBeside } from "../files/near_file.ts";
import { suggestion } from "../near.ts";
import { readingProblem, readTextFile } from "../files/text_file.ts";

/** The maximum size of the file. Options take much less, but a device or a pipe may never end. */
const MAX_BYTES = 1 << 20;

/**
 * Reads the options in a file. In keys, `-` is replaced by `_`, so that `learning-rate` is accepted for
 * `learning_rate`.
 * @param path absolute
 * @throws HeadlightError (2) if the file cannot be read or is not a JSON object
 */
export function readConfigFile(path: string): Record<string, unknown> {
  const record = z.record(z.string(), z.unknown()).safeParse(parseFile(path));
  if (!record.success) throw new HeadlightError(`--config ${path}: must be one JSON object with option names as keys`);
  const options = Object.entries(record.data).map(([key, value]) => [key.replaceAll("-", "_"), value] as const);
  const names = options.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new HeadlightError(`--config ${path}: ${twice} occurs twice. Remove one of them.`);
  return Object.fromEntries(options);
}

function parseFile(path: string): unknown {
  try {
    return JSON.parse(readTextFile(path, `--config ${path}`, MAX_BYTES));
  } catch (error) {
    if (error instanceof HeadlightError) throw error;
    if (error instanceof SyntaxError) {
      throw new HeadlightError(`--config ${path}: not valid JSON (${error.message}). Correct the file.`);
    }
    const near = error instanceof Deno.errors.NotFound ? nearestBeside(path) : null;
    throw new HeadlightError(`--config ${path}: ${readingProblem(error)}${suggestion(near)}`, 2, { cause: error });
  }
}
