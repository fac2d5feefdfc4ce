/** How the most confident mistakes are laid out in a pane, and what is written under each. Pure. */
import { basename } from "node:path";
import type { EventOf } from "../../events.ts";
import { cutMiddle, fit, stringWidth } from "../text/width.ts";

export type Sample = EventOf<"samples">["mistakes"][number];

export interface SamplesGrid {
  /** Longest side of an image: columns, and half as many lines. */
  readonly side: number;
  readonly perRow: number;
  readonly rows: number;
  /** Columns that an image and what is written under it have. */
  readonly cellWidth: number;
  /** Lines under an image: what it is, what it was taken for, and where there is room its file. */
  readonly captionLines: number;
}

/** In pixels. Even, since two pixels share a line. Below the last one nothing can be recognised. */
const SIDES = [24, 20, 16, 12] as const;
/** Enough for a class name and a share. */
const CAPTION_WIDTH = 20;
export const SAMPLES_GAP = 2;
/** Fewer, if larger, images than these are not worth a pane. */
const ENOUGH = 3;

/**
 * Chooses the largest image size at which enough images fit. If they do not fit at any size, returns the size at which
 * the most fit, or null if not even one fits. File names are shown if no image has to be smaller for them.
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
      // An empty line parts two rows.
      rows: Math.floor((height + 1) / (lines + 1)),
    };
  });
  const most = Math.max(...grids.map((grid) => shown(grid, count)));
  return most === 0 ? null : grids.find((grid) => shown(grid, count) >= Math.min(ENOUGH, most)) ?? null;
}

/** The images of each row, as many as have room. */
export function samplesRows<T>(samples: readonly T[], { perRow, rows }: SamplesGrid): T[][] {
  return Array.from({ length: rows }, (_, row) => samples.slice(row * perRow, (row + 1) * perRow))
    .filter((row) => row.length > 0);
}

/**
 * What stands under an image, each line `width` columns: its class; what it was taken for, and how sure the head was; its
 * file. The share stays where a name has to be cut.
 */
export function captionOf(
  { actual, predicted, confidence, file }: Pick<Sample, "actual" | "predicted" | "confidence" | "file">,
  classes: readonly string[],
  width: number,
  glyphs: { readonly arrow: string; readonly ellipsis: string },
): [actual: string, predicted: string, file: string] {
  const name = (label: number) => classes[label] ?? `class ${label}`;
  const share = ` ${Math.round(confidence * 100)} %`;
  const taken = `${glyphs.arrow} ${name(predicted)}`;
  const room = Math.max(1, width - share.length);
  const short = stringWidth(taken) > room ? fit(taken, room, glyphs.ellipsis) : taken;
  return [
    fit(name(actual), width, glyphs.ellipsis),
    fit(short + share, width, glyphs.ellipsis),
    fit(fileText(file ?? "", width, glyphs.ellipsis), width, glyphs.ellipsis),
  ];
}

/** The path, or where it is too long the file's name alone: the class, which its folder says, stands above it. */
function fileText(file: string, width: number, ellipsis: string): string {
  return stringWidth(file) <= width ? file : cutMiddle(basename(file), width, ellipsis);
}
