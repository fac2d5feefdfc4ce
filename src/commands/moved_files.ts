/** Files and folders that were named once, and are no longer there. */
import { existsSync } from "node:fs";
import { type RunOptions, runOptionsSchema } from "../config.ts";
import { HeadlightError } from "../errors.ts";
import { factsOf, flagOf } from "../options.ts";

/**
 * Refuses files that are gone and that nobody has named now.
 * @param whose the beginning of the error, which says whose they are
 * @param options the options that were not given now
 * @throws HeadlightError (2) that names the first one, and the flag for its new place
 */
export function refuseMoved(whose: string, options: Partial<RunOptions>): void {
  for (const name of ["data", "base", "weights"] as const) {
    const { [name]: value } = options;
    const { pathUnless = [] } = factsOf(runOptionsSchema.shape[name]);
    if (value === undefined || pathUnless.includes(value) || existsSync(value)) continue;
    throw new HeadlightError(
      `${whose}: its ${flagOf(name)} ${value} does not exist. If it was moved, name its new place with ${
        flagOf(name)
      }.`,
    );
  }
}
