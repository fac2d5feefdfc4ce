/** What a head belongs to: without it the weights mean nothing. */
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
  /** Older checkpoints do not have this field, nor the next one. */
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

/** Of a value in an error. */
const VALUE_CHARACTERS = 80;

export interface Claim {
  readonly origin: HeadOrigin;
  /** The file that says so. */
  readonly path: string;
}

/**
 * Compares what a run's config.json says with what a checkpoint's manifest says, in all that decides results.
 *
 * config.json has no seal of its own, since a person may edit what decides nothing, such as the run's name. The run's id
 * is not compared: it is the folder's name, and a folder may be renamed or copied.
 *
 * @throws HeadlightError (2) that names the first difference, both values and both files
 */
export function refuseForeign(config: Claim, manifest: Claim): void {
  const difference = firstDifference(config.origin, manifest.origin);
  if (!difference) return;
  const [what, ours, theirs] = difference;
  throw new HeadlightError(
    `the checkpoint does not belong to the run: ${what} is ${shown(ours)} in ${config.path} and ` +
      `${shown(theirs)} in ${manifest.path}; restore the file that was changed, or take another checkpoint`,
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
