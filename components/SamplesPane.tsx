import chalk, { type ChalkInstance } from "chalk";
import { useMemo } from "react";
import { in256Colours, nearestOf256 } from "../src/dashboard/drawing/colours_256.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { imageLines, type ImageRun, type ImageStyle } from "../src/dashboard/drawing/image_cells.ts";
import { epochsText } from "../src/dashboard/panes/samples_spread.ts";
import {
  captionOf,
  emptyText,
  type Sample,
  SAMPLES_GAP,
  type SamplesGrid,
  samplesGrid,
  samplesRows,
} from "../src/dashboard/panes/samples_view.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { useSpread } from "./hooks/use_spread.ts";
import { useText } from "./hooks/use_text.ts";
import { Line } from "./Line.tsx";
import { pane } from "./registered_pane.ts";
import { Painted, type PaintedRun } from "./Painted.tsx";
import { Pane } from "./Pane.tsx";

/** A title, images of 16 pixels with two pixels per line, and a caption of two lines. */
const BOTTOM_ROWS = 11;

/** The most confident mistakes: the images, their classes, and the classes that the head predicted. */
export const SAMPLES = pane(
  {
    name: "samples",
    stages: ["train"],
    bottomRows: BOTTOM_ROWS,
    numbered: { number: 10, called: "most confident mistakes", atEnd: "mistakes" },
  },
  { run: ["facts", "samples", "end", "control"] },
  function SamplesPane({ state, placement, focused }) {
    const glyphs = useGlyphs();
    const text = useText();
    const { samples, facts, end, control } = state.run;
    const { width, height, titled } = placement;
    const rows = height - (titled ? 1 : 0);
    const { shown, target } = useSpread(samples, end !== null || control === "paused");
    const mistakes = (target ?? samples)?.mistakes;
    const lines = useMemo(() => {
      if (!mistakes) return null;
      const grid = samplesGrid(mistakes.length, width, rows, mistakes.some(({ file }) => file !== null));
      if (!grid) return null;
      const classes = (facts?.dataset.classes ?? []).map(text);
      return samplesRows(shown, grid).flatMap((row, index) => [
        ...(index > 0 ? [[]] : []),
        ...paintedRow(row, grid, classes, glyphs),
      ]);
    }, [shown, mistakes, facts, width, rows, glyphs]);
    const aside = shown.length > 0 ? [{ text: epochsText(shown) }] : [];
    return (
      <Pane placement={placement} title="Most confident mistakes" aside={aside} focused={focused}>
        {lines
          ? <Painted lines={lines} />
          : <Line dim>{emptyText(samples?.mistakes.length, end?.epochs ?? null)}</Line>}
      </Pane>
    );
  },
);

/** The styles of the true class, the predicted class and the file. The colours are those of the confusion matrix. */
const CAPTION_PAINT = [chalk.hex(COLOURS.training), chalk.hex(COLOURS.validation), chalk.dim] as const;

function paintedRow(
  samples: readonly Sample[],
  { side, cellWidth, captionLines }: SamplesGrid,
  classes: readonly string[],
  glyphs: { readonly ascii: boolean; readonly arrow: string; readonly ellipsis: string },
): PaintedRun[][] {
  const style: ImageStyle = chalk.level < 2 ? "shades" : glyphs.ascii ? "grounds" : "halves";
  const beside = blank(cellWidth - side);
  const images = samples.map((sample) =>
    imageLines(decoded(sample), side, style, chalk.level === 2 ? in256Colours : undefined)
  );
  const captions = samples.map((sample) => captionOf(sample, classes, cellWidth, glyphs));
  return [
    ...Array.from(
      { length: side / 2 },
      (_, line) => withGaps(images.map((image) => [imageRun(image[line] ?? []), beside])),
    ),
    ...CAPTION_PAINT.slice(0, captionLines).map((paint, line) =>
      withGaps(captions.map((caption) => [{ text: caption[line] ?? "", paint }]))
    ),
  ];
}

function withGaps(cells: readonly (readonly PaintedRun[])[]): PaintedRun[] {
  return cells.flatMap((cell, index) => (index > 0 ? [blank(SAMPLES_GAP), ...cell] : cell));
}

function blank(width: number): PaintedRun {
  return { text: " ".repeat(width), paint: null };
}

function decoded({ width, height, pixels }: Sample) {
  return { width, height, pixels: Uint8Array.fromBase64(pixels) };
}

function imageRun(runs: readonly ImageRun[]): PaintedRun {
  return { text: runs.map(painted).join(""), paint: null };
}

function painted({ text, colour, ground }: ImageRun): string {
  let paint: ChalkInstance = chalk;
  if (chalk.level === 2) {
    // Chalk's own conversion to 256 colours assumes that the levels of the cube are evenly spaced.
    if (colour) paint = paint.ansi256(nearestOf256(colour).number);
    if (ground) paint = paint.bgAnsi256(nearestOf256(ground).number);
  } else {
    if (colour) paint = paint.rgb(...colour);
    if (ground) paint = paint.bgRgb(...ground);
  }
  return paint(text);
}
