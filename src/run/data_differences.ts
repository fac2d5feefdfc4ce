/** How the data of a resumed run differ from those that it was begun with. */
import type { Dataset } from "../data/dataset/dataset.ts";
import type { RunDirectory } from "./folder/directory.ts";
import { imagesDigest, readRunImages, type RunImages } from "./folder/run_images.ts";
import { type ListedData, listedDifferences } from "./resume/changes.ts";
import { imagesWords } from "./resume/data_words.ts";
import type { Difference } from "./resume/words.ts";

/**
 * Returns what differs in a data set before its images are read: its classes and its numbers of images.
 * @throws HeadlightError (2) if pictures.json was damaged, which is read only if the numbers differ
 */
export function datasetDifferences(
  { images }: Pick<RunDirectory, "images">,
  was: ListedData,
  { classes, train, validation }: Pick<Dataset, "classes" | "train" | "validation">,
): Difference[] {
  const now = { classes: [...classes], train: train.count, validation: validation.count };
  const before = validation.count === was.validation ? null : readRunImages(images);
  const paths = Array.from({ length: validation.count }, (_, index) => validation.fileOf(index));
  if (before === null || paths.includes(null)) return listedDifferences(was, now);
  return listedDifferences(was, now, {
    was: before.validation.map(({ path }) => path),
    now: paths.filter((path) => path !== null),
  });
}

/** Returns the difference between two lists of a run's images, as a list that is empty if they are the same. */
export function imageDifferences(was: RunImages, now: RunImages): Difference[] {
  const [from, to] = [imagesDigest(was), imagesDigest(now)];
  if (from === to) return [];
  return [{ name: "data", from: `images ${from}`, to: `images ${to}`, words: imagesWords(was, now) }];
}
