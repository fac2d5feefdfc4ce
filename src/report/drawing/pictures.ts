/** The pictures of a judgement: thumbnails of mistakes, and the confusion matrix of many classes. */
import sharp from "sharp";
import type { ImageSet } from "../../data/dataset/dataset.ts";
import { type ByteImage, shrink } from "../../data/dataset/shrink.ts";
import { HeadlightError } from "../../errors.ts";
import { isSystemError } from "../../files/system_error.ts";
import { confusionPlot, confusionPlotSize } from "../../results/confusion_plot.ts";
import { drawSvg, toPng } from "../../results/draw_plot.ts";
import type { RunHead } from "../../results/evaluation_text.ts";
import type { Metrics, Tally } from "../../results/metrics.ts";
import type { RunState } from "../../run_state/run_state.ts";
import type { Drawing, Thumbnail } from "../parts/report.ts";
import type { PageLimits } from "../parts/page_limits.ts";

/** The longest side of a thumbnail, in pixels: sharp on a phone, and about 4 kB. */
const SIDE = 128;
const QUALITY = 78;

/** The thumbnails of the most confident mistakes; null for an image that cannot be read. */
export async function thumbnailsOf(
  images: Pick<ImageSet, "pick">,
  indices: readonly number[],
): Promise<(Thumbnail | null)[]> {
  const thumbnails: (Thumbnail | null)[] = [];
  // One after the other: a large image takes much memory.
  for (const index of indices) thumbnails.push(await thumbnailOf(images, index));
  return thumbnails;
}

async function thumbnailOf(images: Pick<ImageSet, "pick">, index: number): Promise<Thumbnail | null> {
  try {
    const { width, height, pixels, broken } = await images.pick([index]);
    return broken.length > 0 ? null : await encoded(shrink({ width, height, pixels }, SIDE));
  } catch (error) {
    // The folder may have been moved since the image was evaluated.
    if (isSystemError(error) || error instanceof HeadlightError) return null;
    throw error;
  }
}

async function encoded({ width, height, pixels }: ByteImage): Promise<Thumbnail> {
  const jpeg = await sharp(pixels, { raw: { width, height, channels: 3 } }).jpeg({ quality: QUALITY }).toBuffer();
  return { src: `data:image/jpeg;base64,${new Uint8Array(jpeg).toBase64()}`, width, height };
}

/** Returns the thumbnails that the run recorded of its most confident mistakes. */
export async function recordedThumbnails(
  { samples }: Pick<RunState, "samples">,
  limits: PageLimits,
): Promise<Thumbnail[]> {
  return await Promise.all(
    (samples?.mistakes ?? []).slice(0, limits.mistakes).map(async ({ width, height, pixels }) => {
      const raw = Uint8Array.fromBase64(pixels);
      const png = await sharp(raw, { raw: { width, height, channels: 3 } }).png().toBuffer();
      return { src: `data:image/png;base64,${new Uint8Array(png).toBase64()}`, width, height };
    }),
  );
}

/** The cells of a larger matrix would be too small to be seen. */
const PICTURE_CLASSES = 200;

/**
 * Draws the confusion matrix of more classes than the table on the page has. Returns null if the table has all of them,
 * or if the picture would be too large for the page or its cells too small.
 */
export async function matrixPicture(head: RunHead, counts: Tally, limits: PageLimits): Promise<Drawing | null> {
  const { length } = counts.classes;
  if (length <= limits.matrixClasses || length > PICTURE_CLASSES) return null;
  const size = confusionPlotSize(counts);
  const png = await toPng(await drawSvg(confusionPlot(head, counts), size));
  const small = await sharp(png).png({ palette: true }).toBuffer();
  const src = `data:image/png;base64,${new Uint8Array(small).toBase64()}`;
  return src.length > limits.matrixPicture ? null : { light: src, dark: src, ...size };
}

/** Returns the rows of the mistakes to show. */
export function shownMistakes({ mistakes }: Pick<Metrics, "mistakes">, limits: PageLimits): number[] {
  return mistakes.slice(0, limits.mistakes).map(({ row }) => row);
}
