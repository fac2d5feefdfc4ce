/**
 * A small image of the confusion matrix. Rows are true classes, columns are predicted ones. A cell is shaded by its
 * share of the true class, as in the image of `evaluate`. That one is drawn with ECharts, which is too large for a
 * trainer to load.
 */
import { join } from "node:path";
import { packageFolder } from "../../engine/packages.ts";
import { stripControl } from "../../text.ts";
import type { ConfusionCell } from "../../training/confusion.ts";
import type { Picture } from "./summaries.ts";

/** The preferred side of the matrix, and the bounds of a cell's side, in pixels. */
const SIDE = 480;
const LARGEST_CELL = 40;
const SMALLEST_CELL = 1;
/** The smallest cell beside which a class name fits, and the smallest in which a number fits: their sides in pixels. */
const NAMED_FROM = 11;
const NUMBERED_FROM = 22;
/** The maximum length of a class name. */
const NAME_CHARACTERS = 18;
const INK = "#222222";
const FONT = "DejaVu Sans";
/** A cell with a larger share than this is so dark that its number is white. */
const DARK = 0.55;

/** The layout of the image, in pixels. */
interface Layout {
  readonly cell: number;
  /** The space for the names, on the left and above. */
  readonly room: number;
  readonly side: number;
}

function layoutOf(classes: readonly string[]): Layout {
  const cell = Math.max(SMALLEST_CELL, Math.min(LARGEST_CELL, Math.floor(SIDE / classes.length)));
  const longest = Math.max(0, ...classes.map((name) => shownName(name).length));
  const room = cell < NAMED_FROM ? 12 : 16 + Math.ceil(longest * Math.min(12, cell) * 0.66);
  return { cell, room, side: cell * classes.length };
}

/** Returns the image as SVG. */
export function confusionSvg(classes: readonly string[], cells: readonly ConfusionCell[]): string {
  const { cell, room, side } = layoutOf(classes);
  const totals = new Map<number, number>();
  for (const [actual, , count] of cells) totals.set(actual, (totals.get(actual) ?? 0) + count);
  const size = Math.min(12, cell);
  const squares = cells.map(([actual, predicted, count]) => {
    const share = count / (totals.get(actual) ?? count);
    const [x, y] = [room + predicted * cell, room + actual * cell];
    const square = `<rect x="${x}" y="${y}" width="${cell}" height="${cell}" fill="${shade(share)}"/>`;
    if (cell < NUMBERED_FROM) return square;
    const fill = share > DARK ? "#ffffff" : INK;
    const place = `x="${x + cell / 2}" y="${y + cell / 2 + size / 3}"`;
    return `${square}<text ${place} text-anchor="middle" fill="${fill}">${count}</text>`;
  });
  const names = cell < NAMED_FROM ? [] : classes.flatMap((name, index) => {
    const text = escaped(shownName(name));
    const [across, along] = [room - 6, room + (index + 0.5) * cell + size / 3];
    return [
      `<text x="${across}" y="${along}" text-anchor="end">${text}</text>`,
      `<text transform="translate(${along} ${across}) rotate(-90)">${text}</text>`,
    ];
  });
  const whole = room + side + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${whole}" height="${whole}" font-family="${FONT}" ` +
    `font-size="${size}" fill="${INK}"><rect width="100%" height="100%" fill="#ffffff"/>${squares.join("")}` +
    `<rect x="${room}" y="${room}" width="${side}" height="${side}" fill="none" stroke="#888888"/>` +
    `${names.join("")}</svg>`;
}

/** Draws the image as PNG in another thread, so that training goes on. */
export async function drawConfusion(classes: readonly string[], cells: readonly ConfusionCell[]): Promise<Picture> {
  const { renderAsync } = await import("@resvg/resvg-js");
  const font = join(packageFolder("dejavu-fonts-ttf"), "ttf", "DejaVuSans.ttf");
  const image = await renderAsync(confusionSvg(classes, cells), {
    font: { fontFiles: [font], loadSystemFonts: false, defaultFontFamily: FONT },
  });
  return { png: new Uint8Array(image.asPng()), width: image.width, height: image.height };
}

/** Returns the colour of a share: from white to dark blue. */
function shade(share: number): string {
  const [red, green, blue] = [[255, 8], [255, 48], [255, 107]].map(([from = 0, to = 0]) =>
    Math.round(from + (to - from) * share)
  );
  return `rgb(${red},${green},${blue})`;
}

function shownName(name: string): string {
  const characters = [...stripControl(name)];
  return characters.length <= NAME_CHARACTERS
    ? characters.join("")
    : `${characters.slice(0, NAME_CHARACTERS - 1).join("")}…`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
