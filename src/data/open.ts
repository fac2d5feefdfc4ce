/** Which data a run takes: from the option to something that any process can open. */
import { z } from "zod";
import type { Preprocess, RunOptions } from "../config.ts";
import { errorLine, HeadlightError } from "../errors.ts";
import type { Dataset } from "./dataset/dataset.ts";
import { DEMO_SEED, openDemo } from "./demo/demo.ts";
import {
  DOLLAR_STREET_FOLDER,
  dollarstreetFolder,
  type DollarstreetOptions,
  downloadDollarstreet,
} from "./dollarstreet.ts";
import { checkFolder } from "./find_folder.ts";
import { openNpyFolder } from "./arrays/npy_folder.ts";
import { imageSourceSchema, openImages } from "./images/folder.ts";
import { type FolderListing, folderListingSchema } from "./images/folder_listing.ts";

/** Plain data: the trainer hands it to the extractor, and config.json keeps it. */
export const dataSourceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("npy"), /** Absolute. */ folder: z.string(), name: z.string() }),
  z.object({ kind: z.literal("demo"), seed: z.int() }),
  imageSourceSchema,
]);
export type DataSource = z.infer<typeof dataSourceSchema>;

/**
 * Opens a source. Throws HeadlightError (2) where its files are not in order, see `openNpyFolder` and `openImages`.
 * @param size what image files are resized to as they are read; arrays are given as they are.
 * @param listing what is in a folder of images, where it was listed before: it is not listed again.
 */
// deno-lint-ignore require-await -- so that its errors are rejections, as its type says.
export async function openDataSource(source: DataSource, size: number, listing?: FolderListing): Promise<Dataset> {
  switch (source.kind) {
    case "demo":
      return openDemo(source.seed);
    case "npy":
      return openNpyFolder(source.folder, source.name);
    case "pictures":
      return openImages(source, size, listing);
  }
}

/** Arrays are scaled as the lesson does it; image files get what the base was trained with. */
export function defaultPreprocess(source: DataSource): Preprocess {
  return source.kind === "pictures" ? "imagenet" : "scale";
}

/** A source, and what was read to find it. Plain data: the command hands it to the trainer. */
export const foundSourceSchema = z.object({
  source: dataSourceSchema,
  /** Of a folder of images. */
  listing: folderListingSchema.exactOptional(),
}).readonly();
export type FoundSource = z.infer<typeof foundSourceSchema>;

export type DataResolution =
  | { readonly kind: "ready" } & FoundSource
  /** Dollar Street 10 is not here. `explicit`: it was named, so nothing else will do. */
  | { readonly kind: "download"; readonly explicit: boolean };

const DEMO: DataSource = { kind: "demo", seed: DEMO_SEED };

/**
 * What `--data` means here and now; names are read, no file is opened. Not given: the lesson's set.
 *
 * @param lessonFolder where the lesson's set lies or would be downloaded to
 * @throws HeadlightError (2): a folder that is not there, or holds neither the four files nor folders of images
 */
export function resolveDataOption(
  { data, validation_split: share, seed, resize }: Pick<RunOptions, "data" | "validation_split" | "seed" | "resize">,
  lessonFolder = DOLLAR_STREET_FOLDER,
): DataResolution {
  const resolution = resolve();
  if (resize === "bilinear" || (resolution.kind === "ready" && resolution.source.kind === "pictures")) {
    return resolution;
  }
  throw new HeadlightError(
    `--resize ${resize} is for image files; arrays are resized as Keras does it: leave it out`,
  );

  function resolve(): DataResolution {
    if (data === "demo") return { kind: "ready", source: DEMO };
    if (data === undefined || data === "dollarstreet") {
      const folder = dollarstreetFolder(lessonFolder);
      if (folder === null) return { kind: "download", explicit: data !== undefined };
      return { kind: "ready", source: { kind: "npy", folder, name: "dollarstreet" } };
    }
    const found = checkFolder(data);
    if (found.kind === "npy") return { kind: "ready", source: found };
    const { listing, ...folder } = found;
    return { kind: "ready", source: { ...folder, share, seed, resize }, listing };
  }
}

export interface ObtainedData extends FoundSource {
  /** What must be said for as long as the run lasts: that the demo set stands in for the lesson's, and why. */
  readonly notice: string | null;
}

/**
 * Downloads Dollar Street 10 where that is called for. Where it cannot be had, the demo set stands in, unless the
 * lesson's was named.
 * @throws HeadlightError (1) where it was named and cannot be had.
 */
export async function obtainData(
  resolution: DataResolution,
  options: DollarstreetOptions = {},
): Promise<ObtainedData> {
  if (resolution.kind === "ready") {
    const { kind: _, ...found } = resolution;
    return { ...found, notice: null };
  }
  const { folder = DOLLAR_STREET_FOLDER } = options;
  try {
    await downloadDollarstreet({ ...options, folder });
    return { source: { kind: "npy", folder, name: "dollarstreet" }, notice: null };
  } catch (error) {
    if (!(error instanceof HeadlightError)) throw error;
    const remedy = `put the four .npy files of https://zenodo.org/records/10970014 into ${folder}`;
    if (resolution.explicit) {
      const line = `Dollar Street 10 cannot be downloaded: ${errorLine(error)}; ${remedy}, or take --data demo`;
      throw new HeadlightError(line, 1, { cause: error });
    }
    const notice = `DEMO DATA, not Dollar Street 10, which cannot be downloaded (${errorLine(error)}): ${remedy}`;
    return { source: DEMO, notice };
  }
}
