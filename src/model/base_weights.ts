/** Whether a weights file belongs to the base that was asked for, and to which it belongs if not. */
import { BASE_NAMES, type BaseName, bases } from "../bases/bases.ts";
import type { RunOptions } from "../config.ts";
import { HeadlightError } from "../errors.ts";
import { checkKerasWeights } from "./keras_h5.ts";

/** What decides the layers that a file's weights must fit. */
type BaseOptions = Pick<RunOptions, "base" | "size" | "pooling">;

/**
 * Checks a Keras weights file against the layers of a base. Reads no weight.
 * @throws HeadlightError (2) as `checkKerasWeights`; names the other base whose weights the file holds
 */
export async function checkBaseWeights(path: string, options: BaseOptions): Promise<void> {
  try {
    await check(path, options.base, options);
  } catch (error) {
    for (const other of BASE_NAMES.filter((name) => name !== options.base)) {
      if (!await fits(path, other, options)) continue;
      const line =
        `${path} holds the weights of ${other}, not of ${options.base}; give --base ${other}, or the weights ` +
        `of ${options.base}`;
      throw new HeadlightError(line, 2, { cause: error });
    }
    throw error;
  }
}

async function check(path: string, base: BaseName, { size, pooling }: BaseOptions): Promise<void> {
  const { smallestSize, layers } = bases[base];
  // The shapes of weights do not depend on the size.
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
