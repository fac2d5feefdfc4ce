/** Resolves the option --data to a data source, which any process can open. */
import { z } from "zod";
import { hasFrozenBase, type Preprocess, type RunOptions } from "../config.ts";
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

/** Plain data, because the trainer sends it to the extractor and config.json stores it. */
export const dataSourceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("npy"), /** Absolute. */ folder: z.string(), name: z.string() }),
  z.object({ kind: z.literal("demo"), seed: z.int() }),
  imageSourceSchema,
]);
export type DataSource = z.infer<typeof dataSourceSchema>;

/**
 * Opens a data source.
 * @param size the size to which image files are resized when read; arrays are returned unchanged
 * @param listing the contents of a folder of images, if it was listed before
 * @throws HeadlightError (2) if the source's files are not valid, see `openNpyFolder` and `openImages`
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

/**
 * Returns the default preprocessing: that of the lesson for arrays and for networks from scratch, that of the base's
 * training for image files.
 */
export function defaultPreprocess(source: DataSource, network: RunOptions["base"]): Preprocess {
  return source.kind === "pictures" && hasFrozenBase({ base: network }) ? "imagenet" : "scale";
}

/** A data source and what was read to find it. Plain data, because the command sends it to the trainer. */
export const foundSourceSchema = z.object({
  source: dataSourceSchema,
  /** The contents of a folder of images. */
  listing: folderListingSchema.exactOptional(),
}).readonly();
export type FoundSource = z.infer<typeof foundSourceSchema>;

export type DataResolution =
  | { readonly kind: "ready" } & FoundSource
  /**
   * Dollar Street 10 must be downloaded. `explicit` means that the person named it, so the demo set cannot replace it.
   */
  | { readonly kind: "download"; readonly explicit: boolean };

const DEMO: DataSource = { kind: "demo", seed: DEMO_SEED };

/**
 * Resolves `--data`. Reads names of files but opens none. Without the option, the lesson's data set is used.
 *
 * @param lessonFolder the folder where the lesson's data set is, or to which it would be downloaded
 * @throws HeadlightError (2) if the folder does not exist, or has neither the four files nor folders of images
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
    `--resize ${resize} requires image files, because arrays are resized as in Keras. Remove --resize`,
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
  /** A notice to show during the whole run: the demo set replaces the lesson's data set, and why. Otherwise null. */
  readonly notice: string | null;
}

/**
 * Downloads Dollar Street 10 if required. If the download fails, uses the demo set instead, unless the person named
 * Dollar Street 10.
 * @throws HeadlightError (1) if the person named Dollar Street 10 and it cannot be downloaded
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
    const remedy = `Put the four .npy files from https://zenodo.org/records/10970014 into ${folder}`;
    if (resolution.explicit) {
      const line = `Dollar Street 10 cannot be downloaded: ${errorLine(error)}. ${remedy}, or use --data demo`;
      throw new HeadlightError(line, 1, { cause: error });
    }
    const notice = `DEMO DATA, not Dollar Street 10, which cannot be downloaded (${errorLine(error)}). ${remedy}`;
    return { source: DEMO, notice };
  }
}
