/** Opens the images on which a run was validated, even if their folder has changed since then. */
import { count } from "../counted.ts";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { at } from "../at.ts";
import type { Dataset } from "../data/dataset/dataset.ts";
import { type ImageSource, openImages } from "../data/images/folder.ts";
import { contentIn, FileHasher } from "../data/images/hash.ts";
import { HeadlightError } from "../errors.ts";
import { fileIndex } from "../features/found_images.ts";
import { cacheRoot } from "../paths.ts";
import type { RunImages } from "../run/folder/run_images.ts";

/** The validation set of a run, as far as it is unchanged. */
export interface OwnValidation {
  readonly source: ImageSource;
  /** A data set with the run's classes. Its validation set consists of the images that have not changed. */
  readonly dataset: Dataset;
  /** Missing files, as paths relative to the folder. */
  readonly gone: readonly string[];
  /** Files whose content has changed, as paths relative to the folder. The new content could be a training image. */
  readonly changed: readonly string[];
}

/** What is opened. */
export interface OwnValidationRequest {
  /** The run's id, for messages. */
  readonly run: string;
  readonly source: ImageSource;
  readonly classes: readonly string[];
  /** The height and width that images are resized to, in pixels. */
  readonly size: number;
  /** The run's list of its validation images. */
  readonly validation: RunImages["validation"];
}

/**
 * Opens the images on which a run was validated, in the same order. The folder is not listed, so new files are not
 * included, and nothing is split again.
 *
 * @param onProgress called with the number of images that were checked, and of all images
 * @throws HeadlightError (2) if the folder does not exist or none of the images is unchanged
 */
export async function openOwnValidation(
  { run, source, classes, size, validation }: OwnValidationRequest,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<OwnValidation> {
  if (!existsSync(source.folder)) {
    throw new HeadlightError(
      `The data of ${run} are no longer in ${source.folder}. If you moved them, name the new folder: ` +
        "deno task evaluate RUN --data DIR",
    );
  }
  const files = fileIndex(source, cacheRoot());
  const hasher = new FileHasher();
  const gone: string[] = [];
  const changed: string[] = [];
  const left = classes.map((name) => ({ name, paths: [] as string[] }));
  for (const [index, { path, class: label, sha256 }] of validation.entries()) {
    const read = () => hasher.hash(join(source.folder, path));
    const hash = await (files ? files.digestOf(path, read) : read());
    if (hash === null) gone.push(path);
    else if (contentIn(hash) !== sha256) changed.push(path);
    else at(left, label).paths.push(path);
    onProgress(index + 1, validation.length);
  }
  if (gone.length + changed.length === validation.length) {
    throw new HeadlightError(
      `None of the ${count(validation.length)} validation images of ${run} is unchanged in ${source.folder}. ` +
        `Put them back, or evaluate other images: deno task evaluate RUN --data DIR`,
    );
  }
  const whole = { ...source, share: 1 };
  const layout = { kind: "classes", all: left } as const;
  const dataset = openImages(whole, size, { layout, others: [], notices: [], remarks: [] });
  return { source: whole, dataset, gone, changed };
}
