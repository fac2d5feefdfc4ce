/** Draws what a terminal shows as an SVG for the README. */
import type { PseudoTerminal } from "./pseudo_terminal.ts";

const CELL = { width: 8.4, height: 17, base: 13 };
const MARGIN = 12;
const GROUND = "#0d1117";
const INK = "#c9d1d9";
const BASIC = ["#484f58", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#b1bac4"];

export type CellColour =
  | { readonly kind: "default" }
  | { readonly kind: "basic"; readonly index: number }
  | { readonly kind: "rgb"; readonly value: number };

/** The content and look of a cell. */
export interface Cell {
  readonly text: string;
  /** 1, or 2 for wide characters, or 0 for the second half of one. */
  readonly width: number;
  readonly colour: CellColour;
  readonly ground: CellColour;
  readonly bold: boolean;
  readonly dim: boolean;
}

/** Returns the screen of a terminal drawn cell by cell in a monospaced font. */
export function screenSvg(terminal: PseudoTerminal): string {
  const rows = terminal.cells();
  const columns = Math.max(...rows.map((row) => row.length));
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN);
  const height = Math.ceil(rows.length * CELL.height + 2 * MARGIN);
  const lines = rows.flatMap((row, index) => rowSvg(row, MARGIN + index * CELL.height + CELL.base));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="100%" height="100%" rx="8" fill="${GROUND}"/>`,
    `<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" fill="${INK}" xml:space="preserve">`,
    ...lines,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/**
 * Draws neighbours of the same look as one text, stretched to its cells. Draws braille as dots and half blocks as
 * boxes, because fonts differ in them.
 */
function rowSvg(row: readonly Cell[], y: number): string[] {
  const pieces = groundsSvg(row, y - CELL.base);
  for (let from = 0; from < row.length;) {
    const first = row[from];
    if (!first) break;
    let to = from + 1;
    while (to < row.length && kindOf(row[to]) === kindOf(first)) to++;
    const cells = row.slice(from, to);
    const x = MARGIN + from * CELL.width;
    if (isHalf(first)) {
      pieces.push(boxSvg(first.colour, from, to, y - CELL.base + (first.text === "▄" ? HALF : 0), HALF));
    } else if (isBraille(first)) pieces.push(dotsSvg(cells, x, y - CELL.base));
    else if (first.text !== " ") pieces.push(textSvg(cells, x, y));
    from = to;
  }
  return pieces;
}

const HALF = CELL.height / 2;

function groundsSvg(row: readonly Cell[], top: number): string[] {
  const boxes: string[] = [];
  for (let from = 0, to = 0; from < row.length; from = to) {
    const ground = row[from]?.ground ?? { kind: "default" };
    to = from + 1;
    while (to < row.length && fillOf(row[to]?.ground) === fillOf(ground)) to++;
    if (ground.kind !== "default") boxes.push(boxSvg(ground, from, to, top, CELL.height));
  }
  return boxes;
}

/**
 * Returns a box over the columns `from` to `to`, with sharp edges, since a gap between two would show the background.
 */
function boxSvg(colour: CellColour, from: number, to: number, top: number, height: number): string {
  const x = (MARGIN + from * CELL.width).toFixed(1);
  const width = ((to - from) * CELL.width).toFixed(1);
  return `<rect x="${x}" y="${top}" width="${width}" height="${height}"${
    fillOf(colour)
  } shape-rendering="crispEdges"/>`;
}

function isHalf({ text }: Cell): boolean {
  return text === "▀" || text === "▄";
}

function textSvg(cells: readonly Cell[], x: number, y: number): string {
  const length = (cells.length * CELL.width).toFixed(1);
  const text = escaped(cells.map((cell) => cell.text).join(""));
  return `<text x="${x.toFixed(1)}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${
    look(cells[0])
  }>${text}</text>`;
}

/** The column and row of each bit of a braille character. */
const DOTS = [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2], [0, 3], [1, 3]] as const;

function dotsSvg(cells: readonly Cell[], x: number, top: number): string {
  const squares = cells.flatMap(({ text }, index) => {
    const bits = (text.codePointAt(0) ?? 0x2800) - 0x2800;
    return DOTS.flatMap(([column, row], bit) => {
      if ((bits & (1 << bit)) === 0) return [];
      const left = x + (index + 0.25 + column * 0.5) * CELL.width - 1;
      const upper = top + (0.125 + row * 0.25) * CELL.height - 1;
      return [`M${left.toFixed(1)} ${upper.toFixed(1)}h2v2h-2z`];
    });
  });
  return `<path${look(cells[0])} d="${squares.join("")}"/>`;
}

function isBraille({ text }: Cell): boolean {
  return /^[\u2800-\u28ff]$/.test(text);
}

/** Returns the kind of a cell. Neighbours of the same kind are drawn as one piece, and '' is a gap. */
function kindOf(cell: Cell | undefined): string {
  if (!cell || cell.text === " ") return "";
  return (isHalf(cell) ? cell.text : isBraille(cell) ? "braille" : "text") + look(cell);
}

function look(cell: Cell | undefined): string {
  if (!cell) return "";
  const { colour, bold, dim } = cell;
  return `${fillOf(colour)}${bold ? ' font-weight="bold"' : ""}${dim ? ' opacity="0.6"' : ""}`;
}

function fillOf(colour: CellColour | undefined): string {
  if (colour?.kind === "basic") return ` fill="${BASIC[colour.index % 8]}"`;
  return colour?.kind === "rgb" ? ` fill="#${colour.value.toString(16).padStart(6, "0")}"` : "";
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
