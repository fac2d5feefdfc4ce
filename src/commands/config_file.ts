/** `--config FILE`: options as a JSON object. */
import { z } from "zod";
import { errorLine, HeadlightError } from "../errors.ts";

/**
 * Returns the file's keys and values, keys as the options are called: `learning-rate` is taken for `learning_rate`.
 * @param path absolute
 * @throws HeadlightError (2): not there, not JSON, no object
 */
export function readConfigFile(path: string): Record<string, unknown> {
  const record = z.record(z.string(), z.unknown()).safeParse(parseFile(path));
  if (!record.success) throw new HeadlightError(`--config ${path}: must be one JSON object with option names as keys`);
  return Object.fromEntries(Object.entries(record.data).map(([key, value]) => [key.replaceAll("-", "_"), value]));
}

function parseFile(path: string): unknown {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new HeadlightError(`--config ${path}: no such file`);
    if (error instanceof SyntaxError) throw new HeadlightError(`--config ${path}: not JSON (${error.message})`);
    throw new HeadlightError(`--config ${path}: ${errorLine(error)}`);
  }
}
