/** Reads the pictures of a job, wherever they are stored. */
import { at } from "../at.ts";
import type { ReadImages } from "../data/dataset/dataset.ts";
import { openDataSource } from "../data/open.ts";
import { openPictureFiles } from "../data/pictures/folder.ts";
import { HeadlightError } from "../errors.ts";
import type { ExtractionSpec, PictureRequest } from "./job.ts";

export interface PictureReader {
  /**
   * Reads some pictures of one part, in the order given. Broken ones have their index in the part.
   * @throws HeadlightError where a file is gone
   */
  pick(pictures: readonly PictureRequest[]): Promise<ReadImages>;
  /** Frees what reading has started. */
  close(): void;
}

/** Opens what `spec.data` names. A folder of images is not listed again: requests say which file a picture is. */
export async function openPictureReader({ data, size }: Pick<ExtractionSpec, "data" | "size">): Promise<PictureReader> {
  if (data.kind === "pictures") {
    const files = openPictureFiles(data, size);
    return {
      pick: async (pictures) => {
        const { broken, ...images } = await files.load(pictures.map(fileOf));
        return { ...images, broken: broken.map((one) => ({ ...one, index: at(pictures, one.index).index })) };
      },
      close: () => files.close(),
    };
  }
  const dataset = await openDataSource(data, size);
  return {
    pick: (pictures) => dataset[at(pictures, 0).part].pick(pictures.map(({ index }) => index)),
    close: () => dataset.close(),
  };
}

/** For messages: the file, or "picture 32 of train". */
export function pictureName({ part, index, file }: PictureRequest): string {
  return file ?? `picture ${index} of ${part}`;
}

function fileOf(picture: PictureRequest): string {
  if (picture.file !== null) return picture.file;
  throw new HeadlightError(`${pictureName(picture)} was requested without its file`, 1);
}
