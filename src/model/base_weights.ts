/** Checks that a weights file belongs to the requested base, and if not, finds out which base it belongs to. */
import { BASE_NAMES, type BaseName, bases } from "../bases/bases.ts";
import type { BaseRunOptions } from "../config.ts";
import { HeadlightError } from "../errors.ts";
import { checkKerasWeights } from "./keras_file.ts";

/** The options that determine the layers that a weights file must fit. */
type BaseOptions = Pick<BaseRunOptions, "base" | "size" | "pooling">;

/**
 * Checks the names and shapes in a Keras weights file against the layers of a base. Does not read the weights.
 *
 * @throws HeadlightError (exit status 2) as `checkKerasWeights` does. If the file fits another base, the error names
 * it.
 */
export async function checkBaseWeights(path: string, options: BaseOptions): Promise<void> {
  try {
    await check(path, options.base, options);
  } catch (error) {
    for (const other of BASE_NAMES.filter((name) => name !== options.base)) {
      if (!await fits(path, other, options)) continue;
      const line =
        `${path}: these are the weights of ${other}, not of ${options.base}. Use --base ${other}, or name a file ` +
        `with the weights of ${options.base}.`;
      throw new HeadlightError(line, 2, { cause: error });
    }
    throw error;
  }
}

async function check(path: string, base: BaseName, { size, pooling }: BaseOptions): Promise<void> {
  const { smallestSize, layers } = bases[base];
  // The shapes of the weights do not depend on the size, so a size too small for the base is no obstacle here.
  await checkKerasWeights(path, layers(Math.max(size, smallestSize), pooling));
}

async function fits(path: string, base: BaseName, options: BaseOptions): Promise<boolean> {
  try {
    await check(path, base, options);
    return true;
  } catch (error) {
    if (error instanceof HeadlightError) return false;
    throw error;
  }
}
