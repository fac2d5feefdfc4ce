/** The options of a run whose parts are computed on several hosts. */
import { isBaseFile, type RunOptions } from "../config.ts";

/**
 * Returns the options with the default data and weights named explicitly. Defaults are replaced by others if they
 * cannot be downloaded, so a host without a network would compute features that no other host uses.
 */
export function namedOptions(options: RunOptions): RunOptions {
  const weights = options.weights ?? (isBaseFile(options.base) ? undefined : "imagenet");
  return { ...options, data: options.data ?? "dollarstreet", ...(weights === undefined ? {} : { weights }) };
}
