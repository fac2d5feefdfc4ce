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
  const [difference] = originDifferences(config.origin, manifest.origin);
  if (!difference) return;
  const { what, ours, theirs } = difference;
  throw new HeadlightError(
    `The checkpoint does not belong to the run: ${what} is ${shownFact(ours)} in ${config.path} and ` +
      `${
        shownFact(theirs)
      } in ${manifest.path}. Restore the file that was changed, or use another one with --checkpoint.`,
  );
}

/** The facts in which two origins can differ, as errors name them. */
export type OriginKey = typeof KEYS[number] | "classes";
const KEYS = ["base", "base_weights_sha256", "preprocess", "size", "pooling", "resize", "precision"] as const;

export interface OriginDifference {
  readonly key: OriginKey;
  /** What differs, in words. */
  readonly what: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** Returns the differences between two origins. What one of them lacks is not compared. */
export function originDifferences(ours: Partial<HeadOrigin>, theirs: Partial<HeadOrigin>): OriginDifference[] {
  const differences: OriginDifference[] = [];
  for (const key of KEYS) {
    const [one, other] = [ours[key], theirs[key]];
    if (one !== undefined && other !== undefined && one !== other) {
      differences.push({ key, what: key, ours: one, theirs: other });
    }
  }
  const [mine, others] = [ours.classes, theirs.classes];
  if (mine === undefined || others === undefined) return differences;
  if (mine.length !== others.length) {
    return [...differences, {
      key: "classes",
      what: "the number of classes",
      ours: mine.length,
      theirs: others.length,
    }];
  }
  const index = mine.findIndex((name, place) => name !== others[place]);
  if (index < 0) return differences;
  return [...differences, { key: "classes", what: `class ${index}`, ours: mine[index], theirs: others[index] }];
}

/** Returns a value of an origin for an error. */
export function shownFact(value: unknown): string {
  return shortened(JSON.stringify(value), VALUE_CHARACTERS);
}
