/** The origin of a head: the run, base, preprocessing and classes without which its weights cannot be used. */
import { z } from "zod";
import { type RunOptions } from "../../config.ts";
import { HeadlightError } from "../../errors.ts";
import { shortened } from "../../text.ts";
import type { Resolved } from "../folder/run_config.ts";

export const headOriginSchema = z.object({
  run: z.string(),
  base: z.string(),
  base_weights_sha256: z.string(),
  preprocess: z.string(),
  size: z.int(),
  pooling: z.string(),
  /** Older checkpoints have neither this field nor the next one. */
  resize: z.string().optional(),
  precision: z.string().optional(),
  classes: z.array(z.string()),
});
export type HeadOrigin = z.infer<typeof headOriginSchema>;

/** Returns the origin of a run's checkpoints. */
export function headOriginOf(
  run: string,
  { base, size, pooling, resize, precision }: Pick<RunOptions, "base" | "size" | "pooling" | "resize" | "precision">,
  { weights, preprocess, classes }: {
    readonly weights: Pick<Resolved["weights"], "sha256">;
    readonly preprocess: Resolved["preprocess"];
    readonly classes: readonly string[];
  },
): HeadOrigin {
  return {
    run,
    base,
    base_weights_sha256: weights.sha256,
    preprocess,
    size,
    pooling,
    resize,
    precision,
    classes: [...classes],
  };
}

/** The maximum length of a value in an error. */
const VALUE_CHARACTERS = 80;

export interface Claim {
  readonly origin: HeadOrigin;
  /** The file that contains the origin. */
  readonly path: string;
}

/**
 * Checks that a checkpoint's manifest agrees with the run's config.json in everything that affects results.
 *
 * config.json is not sealed, because a person may edit fields that affect no results, such as the run's name. The run's
 * id is not compared: it is the folder's name, and a folder may be renamed or copied.
 *
 * @throws HeadlightError (2) that names the first difference, both values and both files
 */
export function refuseForeign(config: Claim, manifest: Claim): void {
  const difference = firstDifference(config.origin, manifest.origin);
  if (!difference) return;
  const [what, ours, theirs] = difference;
  throw new HeadlightError(
    `The checkpoint does not belong to the run: ${what} is ${shown(ours)} in ${config.path} and ` +
      `${shown(theirs)} in ${manifest.path}. Restore the file that was changed, or use another one with --checkpoint.`,
  );
}

type Difference = readonly [what: string, ours: unknown, theirs: unknown];

function firstDifference(ours: HeadOrigin, theirs: HeadOrigin): Difference | null {
  const keys = ["base", "base_weights_sha256", "preprocess", "size", "pooling", "resize", "precision"] as const;
  for (const key of keys) {
    if (theirs[key] !== undefined && ours[key] !== theirs[key]) return [key, ours[key], theirs[key]];
  }
  if (ours.classes.length !== theirs.classes.length) {
    return ["the number of classes", ours.classes.length, theirs.classes.length];
  }
  const index = ours.classes.findIndex((name, place) => name !== theirs.classes[place]);
  return index < 0 ? null : [`class ${index}`, ours.classes[index], theirs.classes[index]];
}

function shown(value: unknown): string {
  return shortened(JSON.stringify(value), VALUE_CHARACTERS);
}
