/** Reads the images of a job from any kind of data source. */
import { at } from "../at.ts";
import type { ReadImages } from "../data/dataset/dataset.ts";
import { openDataSource } from "../data/open.ts";
import { openImageFiles } from "../data/images/folder.ts";
import { HeadlightError } from "../errors.ts";
import type { ExtractionSpec, ImageRequest } from "./job.ts";

export interface ImageReader {
  /**
   * Reads images of one part, in the order given. For a broken image, `index` is its index in the part.
   * @throws HeadlightError if a file has disappeared
   */
  pick(images: readonly ImageRequest[]): Promise<ReadImages>;
  /** Returns how many batches of this many images to read ahead. */
  batchesAhead(batchSize: number): number;
  /** Ends the workers that reading has started. */
  close(): void;
}

/** Opens the data source of a job. Does not list a folder of images again, because requests contain the file names. */
export async function openImageReader({ data, size }: Pick<ExtractionSpec, "data" | "size">): Promise<ImageReader> {
  if (data.kind === "pictures") {
    const files = openImageFiles(data, size);
    return {
      pick: async (images) => {
        const { broken, ...read } = await files.load(images.map(fileOf));
        return { ...read, broken: broken.map((one) => ({ ...one, index: at(images, one.index).index })) };
      },
      batchesAhead: (batchSize) => files.batchesAhead(batchSize),
      close: () => files.close(),
    };
  }
  const dataset = await openDataSource(data, size);
  return {
    pick: (images) => dataset[at(images, 0).part].pick(images.map(({ index }) => index)),
    // Arrays are read in this thread, so no worker has to be kept busy.
    batchesAhead: () => 1,
    close: () => dataset.close(),
  };
}

/** Returns an image's name for messages: its file, or for example "image 32 of train". */
export function imageName({ part, index, file }: ImageRequest): string {
  return file ?? `image ${index} of ${part}`;
}

function fileOf(image: ImageRequest): string {
  if (image.file !== null) return image.file;
  throw new HeadlightError(`${imageName(image)} was requested without its file`, 1);
}
