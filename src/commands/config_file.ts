/** `--config FILE`: options as a JSON object. */
import { z } from "zod";
import { HeadlightError } from "../errors.ts";
import { nearestBeside } from "../files/near_file.ts";
import { suggestion } from "../near.ts";
import { readingProblem, readTextFile } from "../files/text_file.ts";

/** More than any options take; a device or a pipe may never end. */
const MAX_BYTES = 1 << 20;

/**
 * Returns the file's keys and values, keys as the options are called: `learning-rate` is taken for `learning_rate`.
 * @param path absolute
 * @throws HeadlightError (2): not there, not JSON, no object
 */
export function readConfigFile(path: string): Record<string, unknown> {
  const record = z.record(z.string(), z.unknown()).safeParse(parseFile(path));
  if (!record.success) throw new HeadlightError(`--config ${path}: must be one JSON object with option names as keys`);
  const options = Object.entries(record.data).map(([key, value]) => [key.replaceAll("-", "_"), value] as const);
  const names = options.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new HeadlightError(`--config ${path}: ${twice} is there twice. Remove one of them.`);
  return Object.fromEntries(options);
}

function parseFile(path: string): unknown {
  try {
    return JSON.parse(readTextFile(path, `--config ${path}`, MAX_BYTES));
  } catch (error) {
    if (error instanceof HeadlightError) throw error;
    if (error instanceof SyntaxError) throw new HeadlightError(`--config ${path}: not JSON (${error.message})`);
    const near = error instanceof Deno.errors.NotFound ? nearestBeside(path) : null;
    throw new HeadlightError(`--config ${path}: ${readingProblem(error)}${suggestion(near)}`, 2, { cause: error });
  }
}
