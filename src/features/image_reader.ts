/** Reads the images of a job, wherever they are stored. */
import { at } from "../at.ts";
import type { ReadImages } from "../data/dataset/dataset.ts";
import { openDataSource } from "../data/open.ts";
import { openImageFiles } from "../data/images/folder.ts";
import { HeadlightError } from "../errors.ts";
import type { ExtractionSpec, ImageRequest } from "./job.ts";

export interface ImageReader {
  /**
   * Reads some images of one part, in the order given. Broken ones have their index in the part.
   * @throws HeadlightError where a file is gone
   */
  pick(images: readonly ImageRequest[]): Promise<ReadImages>;
  /** Frees what reading has started. */
  close(): void;
}

/** Opens what `spec.data` names. A folder of images is not listed again: requests say which file an image is. */
export async function openImageReader({ data, size }: Pick<ExtractionSpec, "data" | "size">): Promise<ImageReader> {
  if (data.kind === "pictures") {
    const files = openImageFiles(data, size);
    return {
      pick: async (images) => {
        const { broken, ...read } = await files.load(images.map(fileOf));
        return { ...read, broken: broken.map((one) => ({ ...one, index: at(images, one.index).index })) };
      },
      close: () => files.close(),
    };
  }
  const dataset = await openDataSource(data, size);
  return {
    pick: (images) => dataset[at(images, 0).part].pick(images.map(({ index }) => index)),
    close: () => dataset.close(),
  };
}

/** For messages: the file, or "image 32 of train". */
export function imageName({ part, index, file }: ImageRequest): string {
  return file ?? `image ${index} of ${part}`;
}

function fileOf(image: ImageRequest): string {
  if (image.file !== null) return image.file;
  throw new HeadlightError(`${imageName(image)} was requested without its file`, 1);
}
