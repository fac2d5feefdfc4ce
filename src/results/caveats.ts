/** What the figures of an evaluation depend on and do not show: which images are judged, and which were trained on. */
import { count, named } from "../counted.ts";
import { stripControl } from "../text.ts";

export interface Caveats {
  /** Images that the run was validated on and that are not judged, by what has become of them. */
  readonly gone: readonly string[];
  readonly changed: readonly string[];
  /**
   * The run keeps no list of the images it was validated on, and they were drawn by lot: the lot is drawn anew.
   * "changed": the folder has not as many images as then.
   */
  readonly redrawn: "changed" | "as many" | null;
  /** Judged images that the run was trained on; null where it does not tell. */
  readonly trainedOn: readonly string[] | null;
}

/** Returns a sentence for each thing that is to be known before the figures are read. */
export function caveatLines({ gone, changed, redrawn, trainedOn }: Caveats): string[] {
  const lines = [
    ...redrawnLine(redrawn),
    ...notJudged(gone, "is gone", "are gone"),
    ...notJudged(changed, "is another one now", "are others now"),
    ...trainedOnLine(trainedOn ?? []),
  ];
  return lines.map(stripControl);
}

function redrawnLine(redrawn: Caveats["redrawn"]): string[] {
  if (redrawn === null) return [];
  const drawn = "This run keeps no list of its validation images (an older version made it): their lot is drawn anew";
  return redrawn === "changed"
    ? [`${drawn} from a folder that has changed, so images it was trained on are among these, and the figures flatter.`]
    : [`${drawn}. If images were exchanged since, some that it was trained on may be among these.`];
}

function notJudged(paths: readonly string[], is: string, are: string): string[] {
  if (paths.length === 0) return [];
  const images = count(paths.length, "image", "images");
  return [
    `${images} of the run's validation part ${paths.length === 1 ? is : are} and not judged: ${named(paths)}.`,
  ];
}

function trainedOnLine(paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const were = paths.length === 1 ? "was" : "were";
  return [`${paths.length} of these images ${were} trained on too, so the figures flatter: ${named(paths)}.`];
}
