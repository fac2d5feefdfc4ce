/** Data sets of four .npy files, the lesson's format. */
import { basename, join, resolve } from "node:path";
import { folderName } from "../dataset/folder_name.ts";
import { HeadlightError } from "../../errors.ts";
import { stripControl } from "../../text.ts";
import { classNames } from "./class_names.ts";
import { arrayDataset, arraySet } from "../dataset/array_set.ts";
import type { Dataset, ImageSet } from "../dataset/dataset.ts";
import { checkClasses, readLabels } from "./labels.ts";
import { readNpyHeader } from "./npy.ts";
import { asPixels, checkPixels, type PixelFile, readPixels } from "./pixels.ts";
import { readLabelsHeader } from "./text_labels.ts";

/** The four files of such a data set. Headlight uses the `test` files for validation. */
export const NPY_FILES = ["train_images.npy", "train_labels.npy", "test_images.npy", "test_labels.npy"] as const;

interface Part {
  readonly images: PixelFile;
  readonly labels: Int32Array;
  readonly labelsPath: string;
}

/**
 * Opens a folder and checks shapes, lengths, labels, classes and every pixel. Images are read from the files on
 * request; every `read` returns a new array.
 *
 * @param name "dollarstreet" for the lesson's data set; by default the folder's own name
 * @throws HeadlightError (2) that says which file is wrong, why, and what to do
 */
export function openNpyFolder(folder: string, name: string = folderName(resolve(folder))): Dataset {
  const train = openPart(folder, "train"), test = openPart(folder, "test");
  const { height, width } = train.images;
  if (test.images.height !== height || test.images.width !== width) {
    throw new HeadlightError(
      `${test.images.file.path} holds images of ${test.images.height}×${test.images.width}, ` +
        `${train.images.file.path} of ${height}×${width}. Save both with images of the same size`,
    );
  }
  const largest = train.labels.reduce((most, label) => Math.max(most, label), 0);
  const classes = classNames(folder, name, largest);
  checkClasses(
    classes,
    { path: train.labelsPath, labels: train.labels },
    { path: test.labelsPath, labels: test.labels },
  );
  checkPixels(train.images);
  checkPixels(test.images);
  return arrayDataset({
    name: stripControl(name),
    height,
    width,
    classes,
    train: setOf(train),
    validation: setOf(test),
  });
}

function setOf({ images, labels }: Part): ImageSet {
  return arraySet({ labels, read: (from, to) => readPixels(images, from, to), file: basename(images.file.path) });
}

function openPart(folder: string, part: "train" | "test"): Part {
  const images = asPixels(readNpyHeader(join(folder, `${part}_images.npy`)));
  const labelsFile = readLabelsHeader(folder, part);
  const labels = readLabels(labelsFile, images.count, images.file.path);
  return { images, labels, labelsPath: labelsFile.path };
}
