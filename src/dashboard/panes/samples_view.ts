/** The layout of the most confident mistakes in a pane, and their captions. Pure. */
import { basename } from "node:path";
import type { EventOf } from "../../events.ts";
import { cutMiddle, fit, stringWidth } from "../text/width.ts";

export type Sample = EventOf<"samples">["mistakes"][number];

export interface SamplesGrid {
  /** The longest side of an image, in pixels: as many columns, and half as many lines. */
  readonly side: number;
  readonly perRow: number;
  readonly rows: number;
  /** The columns for an image and its caption. */
  readonly cellWidth: number;
  /** The lines under an image: the true class, the predicted class, and the file if there is room. */
  readonly captionLines: number;
}

/** Sizes of images, in pixels. They are even, because a line has two pixels. Smaller images cannot be recognised. */
const SIDES = [24, 20, 16, 12] as const;
/** Enough for a class name and a confidence. */
const CAPTION_WIDTH = 20;
export const SAMPLES_GAP = 2;
/** The number of images that should fit; the images are made smaller until they do. */
const ENOUGH = 3;

/**
 * Chooses the largest image size at which enough images fit. If they do not fit at any size, returns the size at which
 * the most fit, or null if not even one fits. File names are shown if this does not make the images smaller or fewer.
 */
export function samplesGrid(count: number, width: number, height: number, named: boolean): SamplesGrid | null {
  const plain = gridWith(2, count, width, height);
  const withFiles = named ? gridWith(3, count, width, height) : null;
  const same = plain && withFiles?.side === plain.side && shown(withFiles, count) === shown(plain, count);
  return same ? withFiles : plain;
}

/** Returns how many of `count` images fit. */
function shown({ perRow, rows }: SamplesGrid, count: number): number {
  return Math.min(count, perRow * rows);
}

function gridWith(captionLines: number, count: number, width: number, height: number): SamplesGrid | null {
  const grids = SIDES.map((side): SamplesGrid => {
    const cellWidth = Math.min(width, Math.max(side, CAPTION_WIDTH));
    const lines = side / 2 + captionLines;
    return {
      side,
      cellWidth,
      captionLines,
      perRow: side > width ? 0 : Math.floor((width + SAMPLES_GAP) / (cellWidth + SAMPLES_GAP)),
      // There is an empty line between two rows.
      rows: Math.floor((height + 1) / (lines + 1)),
    };
  });
  const most = Math.max(...grids.map((grid) => shown(grid, count)));
  return most === 0 ? null : grids.find((grid) => shown(grid, count) >= Math.min(ENOUGH, most)) ?? null;
}

/**
 * Returns what stands in the place of images if none are shown.
 * @param mistakes the number of recorded mistakes; undefined if none were recorded yet
 * @param epochs the number of finished epochs of a run that has ended, or null
 */
export function emptyText(mistakes: number | undefined, epochs: number | null): string {
  if (mistakes !== undefined) return mistakes === 0 ? "no misclassified images" : "no room for an image";
  if (epochs === null) return "available after the first epoch";
  // The images of a slow disk may come too late for the end of a short run.
  return epochs === 0 ? "no epoch was validated" : "no images were recorded";
}

/** Divides the images that fit into rows. */
export function samplesRows<T>(samples: readonly T[], { perRow, rows }: SamplesGrid): T[][] {
  return Array.from({ length: rows }, (_, row) => samples.slice(row * perRow, (row + 1) * perRow))
    .filter((row) => row.length > 0);
}

/**
 * Returns the caption of an image, in lines of `width` columns: the true class; the predicted class and its confidence;
 * the file. If a line is too long, the name is cut and not the confidence.
 */
export function captionOf(
  { actual, predicted, confidence, file }: Pick<Sample, "actual" | "predicted" | "confidence" | "file">,
  classes: readonly string[],
  width: number,
  glyphs: { readonly arrow: string; readonly ellipsis: string },
): [actual: string, predicted: string, file: string] {
  const name = (label: number) => classes[label] ?? `class ${label}`;
  const share = ` ${Math.round(confidence * 100)} %`;
  const guess = `${glyphs.arrow} ${name(predicted)}`;
  const room = Math.max(1, width - share.length);
  const short = stringWidth(guess) > room ? fit(guess, room, glyphs.ellipsis) : guess;
  return [
    fit(name(actual), width, glyphs.ellipsis),
    fit(short + share, width, glyphs.ellipsis),
    fit(fileText(file ?? "", width, glyphs.ellipsis), width, glyphs.ellipsis),
  ];
}

/** Returns the path, or only the file name if the path is too long. The folder is the class, which is shown above. */
function fileText(file: string, width: number, ellipsis: string): string {
  return stringWidth(file) <= width ? file : cutMiddle(basename(file), width, ellipsis);
}
