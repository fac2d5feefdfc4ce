/** The options of a run whose parts are computed on several hosts. */
import { isBaseFile, type RunOptions } from "../config.ts";

/**
 * Returns the options with data and weights named that would be taken by default. So nothing replaces them where they
 * cannot be had: a host without a network would otherwise compute features that no other host asks for.
 */
export function namedOptions(options: RunOptions): RunOptions {
  const weights = options.weights ?? (isBaseFile(options.base) ? undefined : "imagenet");
  return { ...options, data: options.data ?? "dollarstreet", ...(weights === undefined ? {} : { weights }) };
}
