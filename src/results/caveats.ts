/**
 * Warnings about the figures of an evaluation: validation images that were not evaluated, and evaluated images that
 * were used for training.
 */
import { count, counted, named } from "../counted.ts";
import { stripControl } from "../text.ts";

/** What limits the figures of an evaluation. */
export interface Caveats {
  /** Validation images of the run that were not evaluated: missing files, and files whose content has changed. */
  readonly gone: readonly string[];
  readonly changed: readonly string[];
  /**
   * Not null if the run has no list of its validation images and its folder was split at random, so that the folder had
   * to be split again. It is "changed" if the folder has another number of images than then, else "as many".
   */
  readonly redrawn: "changed" | "as many" | null;
  /** Evaluated images that the run was trained on; null if the run has no list of its training images. */
  readonly trainedOn: readonly string[] | null;
}

/** Returns a sentence for each thing to know before reading the figures. */
export function caveatLines({ gone, changed, redrawn, trainedOn }: Caveats): string[] {
  const lines = [
    ...splitAgainLine(redrawn),
    ...notEvaluated(gone, "is missing and was", "are missing and were"),
    ...notEvaluated(changed, "has changed and was", "have changed and were"),
    ...trainedOnLine(trainedOn ?? []),
  ];
  return lines.map(stripControl);
}

function splitAgainLine(redrawn: Caveats["redrawn"]): string[] {
  if (redrawn === null) return [];
  const drawn = "An older version made this run without a list of its validation images, so its folder was split again";
  return redrawn === "changed"
    ? [
      `${drawn}. The folder has changed, so some of these images were used for training, and the figures are too ` +
      "optimistic.",
    ]
    : [`${drawn}. If images have been replaced since then, some of these may have been used for training.`];
}

function notEvaluated(paths: readonly string[], is: string, are: string): string[] {
  if (paths.length === 0) return [];
  const images = counted(paths.length, "validation image", "validation images");
  return [
    `${images} of this run ${paths.length === 1 ? is : are} not evaluated: ${named(paths)}.`,
  ];
}

function trainedOnLine(paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const were = paths.length === 1 ? "was" : "were";
  const names = named(paths);
  return [
    `${
      count(paths.length)
    } of these images ${were} also used for training, so the figures are too optimistic: ${names}.`,
  ];
}
