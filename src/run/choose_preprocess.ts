/** How a run's pixels are preprocessed. */
import { isBaseFile, type Preprocess, type RunOptions } from "../config.ts";
import { HeadlightError } from "../errors.ts";
import { type BaseNetwork, baseNetwork, baseRefOf } from "../model/base_network.ts";

/**
 * Returns how pixels are preprocessed: as asked, or else as usual. If the base's own preprocessing is unknown, they are
 * scaled.
 *
 * @throws HeadlightError (2) if the base's own preprocessing is asked for and unknown
 */
export function choosePreprocess(
  asked: Preprocess | undefined,
  usual: Preprocess,
  { preprocessing, displayName }: Pick<BaseNetwork, "preprocessing" | "displayName">,
): Preprocess {
  if (preprocessing !== null) return asked ?? usual;
  if (asked !== "imagenet") return "scale";
  throw new HeadlightError(
    `--preprocess imagenet: ${displayName} does not say how its images were preprocessed. Use --preprocess scale, or ` +
      "save the model with a Rescaling layer at its beginning.",
  );
}

/**
 * Returns options that name the preprocessing of a base from a file, if they name none yet: the base's own, or scaling
 * if that is unknown.
 *
 * @throws HeadlightError if the file cannot be used
 */
export async function withOwnPreprocess(options: RunOptions): Promise<RunOptions> {
  if (options.preprocess !== undefined || !isBaseFile(options.base)) return options;
  const network = await baseNetwork(await baseRefOf(options));
  return { ...options, preprocess: choosePreprocess(undefined, "imagenet", network) };
}
