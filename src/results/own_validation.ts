/** The images that a run was validated on, whatever has become of their folder since. */
import { join } from "node:path";
import { at } from "../at.ts";
import type { Dataset } from "../data/dataset/dataset.ts";
import { type ImageSource, openImages } from "../data/images/folder.ts";
import { contentIn, FileHasher } from "../data/images/hash.ts";
import { HeadlightError } from "../errors.ts";
import { fileIndex } from "../features/found_images.ts";
import { cacheRoot } from "../paths.ts";
import type { RunImages } from "../run/folder/run_images.ts";

export interface OwnValidation {
  readonly source: ImageSource;
  /** Its validation part are the images that are still what they were; its classes are the run's. */
  readonly dataset: Dataset;
  /** Paths from the folder on. */
  readonly gone: readonly string[];
  /** Those whose content is another one: it may be that of a training image. */
  readonly changed: readonly string[];
}

export interface OwnValidationRequest {
  readonly run: string;
  readonly source: ImageSource;
  readonly classes: readonly string[];
  readonly size: number;
  readonly validation: RunImages["validation"];
}

/**
 * Opens the images that a run was validated on, in its order. The folder is not listed: what has come since is not among
 * them, and no lot is drawn.
 *
 * @throws HeadlightError (2) where none is left
 */
export async function openOwnValidation(
  { run, source, classes, size, validation }: OwnValidationRequest,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<OwnValidation> {
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
      `of the ${validation.length} images that ${run} was validated on none is in ${source.folder} as it was: ` +
        `put them back, or name images to judge with --data`,
    );
  }
  const whole = { ...source, share: 1 };
  const layout = { kind: "classes", all: left } as const;
  const dataset = openImages(whole, size, { layout, others: [], notices: [], remarks: [] });
  return { source: whole, dataset, gone, changed };
}
