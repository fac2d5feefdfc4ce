/** Checks that a base and its weights can be used, and if a weights file does not fit, finds out whose it is. */
import { BASE_NAMES, type BaseName, bases } from "../bases/bases.ts";
import { baseNameSchema } from "../config.ts";
import { HeadlightError } from "../errors.ts";
import { fileNetwork } from "./base_network.ts";
import type { CheckRequest } from "./check_request.ts";
import { ANY_SIZE } from "./cut.ts";
import { checkKerasWeights } from "./keras_file.ts";

/**
 * Checks the model in a base's file, if it is in one, and the names and shapes in a weights file against the layers of
 * the base. Does not read the weights.
 *
 * @throws HeadlightError (exit status 2) as `fileNetwork` and `checkKerasWeights` do. If the weights file fits another
 * base, the error names it.
 */
export async function checkBaseWeights(request: CheckRequest): Promise<void> {
  const { weights: path, base, cut, size, pooling } = request;
  const named = baseNameSchema.safeParse(base).data;
  if (named !== undefined) {
    if (path !== null) await checkNamed(path, named, request);
    return;
  }
  const network = await fileNetwork(base, cut);
  const layers = network.layers(size ?? network.madeFor ?? ANY_SIZE, pooling);
  if (path !== null) {
    await checkKerasWeights(path, layers, { matching: path === base ? "own" : "base", model: network.model });
  }
}

async function checkNamed(path: string, base: BaseName, request: CheckRequest): Promise<void> {
  try {
    await check(path, base, request);
  } catch (error) {
    for (const other of BASE_NAMES.filter((name) => name !== base)) {
      if (!await fits(path, other, request)) continue;
      const line = `${path}: these are the weights of ${other}, not of ${base}. Use --base ${other}, or name a file ` +
        `with the weights of ${base}.`;
      throw new HeadlightError(line, 2, { cause: error });
    }
    throw error;
  }
}

async function check(path: string, base: BaseName, { size, pooling }: CheckRequest): Promise<void> {
  const { smallestSize, layers } = bases[base];
  // The shapes of the weights do not depend on the size, so a size too small for the base is no obstacle here.
  await checkKerasWeights(path, layers(Math.max(size ?? 0, smallestSize), pooling));
}

async function fits(path: string, base: BaseName, request: CheckRequest): Promise<boolean> {
  try {
    await check(path, base, request);
    return true;
  } catch (error) {
    if (error instanceof HeadlightError) return false;
    throw error;
  }
}
