/** Where each pane stands, from the measured size of the terminal. Rectangles never overlap nor leave the screen. */
import { at } from "../../at.ts";
import type { PaneFacts, PaneName } from "../view/pane_facts.ts";
import type { Stage } from "../view/stage.ts";

export interface Placement {
  readonly pane: PaneName;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Whether there is room for a title line. */
  readonly titled: boolean;
}

/** A pane that has something to say now, and how many rows it takes at the side; null where it does not stand there. */
export interface SizedPane extends Omit<PaneFacts, "stages" | "sideRows"> {
  readonly sideRows: number | null;
}

export interface LayoutInput {
  readonly columns: number;
  readonly rows: number;
  readonly stage: Stage;
  /** How many notices must stay on screen. */
  readonly notices: number;
  /** Those of the stage, in reading order. */
  readonly panes: readonly SizedPane[];
  readonly zoom: PaneName | null;
}

const GAP = 2;
const SIDEBAR = 66;
/** Rows of the parameter table at most, where it shares the screen with everything else. */
const GRID_TABLE = 9;

/** How many lines the notices get: all of them where there is room, one where there is not. */
export function noticeLines(notices: number, rows: number): number {
  return Math.min(notices, rows >= 40 ? 3 : rows >= 24 ? 2 : 1);
}

/** Panes in reading order, which is the order of focus. */
export function layout(input: LayoutInput): Placement[] {
  const { columns, rows } = input;
  if (rows < 7 || columns < 24) return columns < 1 || rows < 1 ? [] : [place("line", 0, 0, columns, 1, false)];
  const headerRows = (rows < 16 ? 1 : 2) + noticeLines(input.notices, rows);
  const area: Area = { left: 0, top: headerRows, width: columns, height: rows - headerRows - 1 };
  return [
    place("header", 0, 0, columns, headerRows, false),
    ...(input.zoom ? [inArea(input.zoom, area)] : panes(area, input)),
    place("footer", 0, rows - 1, columns, 1, false),
  ];
}

/** Panes that can have the focus: all but those around them. */
export function focusable(placements: readonly Placement[], panes: readonly SizedPane[]): PaneName[] {
  const frame = new Set(panes.filter((pane) => pane.frame).map(({ name }) => name));
  return placements.map(({ pane }) => pane).filter((pane) => !frame.has(pane));
}

/** Panes that a small screen leaves out and that have found no place. */
export function leftOut(placements: readonly Placement[], panes: readonly SizedPane[]): PaneName[] {
  const placed = new Set(placements.map(({ pane }) => pane));
  if (!placed.has("header")) return [];
  return panes.flatMap(({ name, leftOut }) => (leftOut === undefined || placed.has(name) ? [] : [{ name, leftOut }]))
    .sort((one, other) => one.leftOut - other.leftOut)
    .map(({ name }) => name);
}

interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function panes(area: Area, input: LayoutInput): Placement[] {
  if (area.width >= 150 && area.height >= 28) return sidebar(area, input);
  if (area.width >= 72 && area.height >= 19) return grid(area, input);
  if (area.width >= 56 && area.height >= 13) return narrow(area, input);
  if (area.width >= 30 && area.height >= 22) return stack(area, input);
  return compact(area, input);
}

/** Charts left, one over the other so that their epochs line up; everything else in a column at the right. */
function sidebar(area: Area, { panes }: LayoutInput): Placement[] {
  const [main, side] = splitRight(area, SIDEBAR);
  const fixed = panes.flatMap(({ name, sideRows }): [PaneName, number][] =>
    sideRows === null ? [] : [[name, sideRows]]
  );
  return [...middle(panes, main), ...column(side, fixed, "log")];
}

/** Two charts that deserve the name. */
const CHARTS_AT_LEAST = 25;

/** What stands at the bottom is left out where the charts would be too low. */
function middle(panes: readonly SizedPane[], area: Area): Placement[] {
  let charts = area;
  const below: Placement[] = [];
  for (const { name, bottomRows } of panes) {
    if (bottomRows === undefined || charts.height - bottomRows < CHARTS_AT_LEAST) continue;
    const [upper, lower] = splitBottom(charts, bottomRows);
    charts = upper;
    below.unshift(inArea(name, lower));
  }
  return [...stacked(middleNames(panes), charts), ...below];
}

function middleNames(panes: readonly SizedPane[]): PaneName[] {
  return panes.filter((pane) => pane.middle).map(({ name }) => name);
}

/** Charts side by side over two columns; on a tall screen the log has the full width below. */
function grid(area: Area, input: LayoutInput): Placement[] {
  const table = Math.min(sideRowsOf("parameters", input) - 1, GRID_TABLE);
  const tall = area.height >= 30;
  const middle = tall ? 5 : 4;
  const log = tall ? Math.min(9, Math.max(6, Math.floor(area.height / 5))) : 0;
  const [charts, below] = splitBottom(area, middle + table + log);
  const [between, rest] = splitBottom(below, table + log);
  const [lower, bottom] = splitBottom(rest, log);
  const [lowerLeft, lowerRight] = halves(lower);
  return [
    ...beside(middleNames(input.panes), charts),
    ...pair(between, "progress", "early_stopping"),
    inArea("parameters", lowerLeft),
    ...(tall
      ? [
        ...column(lowerRight, [["checkpoints", Math.min(4, lowerRight.height - 2)]], "system"),
        ...lowest(input.panes, bottom),
      ]
      : column(lowerRight, [["checkpoints", Math.ceil(table / 2)]], "log")),
  ];
}

function lowest(panes: readonly SizedPane[], area: Area): Placement[] {
  const confusion = panes.some(({ name }) => name === "confusion");
  return confusion ? pair(area, "confusion", "log") : [inArea("log", area)];
}

function sideRowsOf(pane: PaneName, { panes }: LayoutInput): number {
  return panes.find(({ name }) => name === pane)?.sideRows ?? 0;
}

/** 60×20: parameters and log go first. */
function narrow(area: Area, input: LayoutInput): Placement[] {
  const checkpoints = area.height >= 16 ? 3 : 0;
  const [charts, below] = splitBottom(area, 5 + checkpoints);
  const [between, bottom] = splitBottom(below, checkpoints);
  return [
    ...beside(middleNames(input.panes), charts),
    ...pair(between, "progress", "early_stopping"),
    ...(checkpoints > 0 ? [inArea("checkpoints", bottom)] : []),
  ];
}

/** Narrow and tall: one under the other. */
function stack(area: Area, input: LayoutInput): Placement[] {
  const [charts, below] = splitBottom(area, 9);
  return [...stacked(middleNames(input.panes), charts), ...column(below, [["progress", 4]], "early_stopping")];
}

/** 40×12: sparklines in place of charts, no titles. */
function compact(area: Area, input: LayoutInput): Placement[] {
  if (input.stage === "setup") {
    const [above, below] = splitBottom(area, Math.min(3, area.height));
    return [...(above.height > 0 ? [inArea("setup", above, false)] : []), inArea("progress", below, false)];
  }
  const wanted = input.panes.flatMap(({ name, compactRows }): [PaneName, number][] =>
    compactRows === undefined ? [] : [[name, compactRows]]
  );
  // Where there is room to breathe, an empty line parts them.
  const spare = Math.max(0, Math.min(2, area.height - 7));
  const placed: Placement[] = [];
  let top = area.top;
  for (const [index, [pane, height]] of wanted.entries()) {
    const room = Math.min(height, area.top + area.height - top);
    if (room > 0) placed.push(place(pane, area.left, top, area.width, room, false));
    top += height + (index < spare ? 1 : 0);
  }
  return placed;
}

/** Equally high, one over the other. */
function stacked(names: readonly PaneName[], area: Area): Placement[] {
  if (names.length < 2) return names.map((name) => inArea(name, area));
  const [upper, lower] = splitBottom(area, Math.floor((area.height * (names.length - 1)) / names.length));
  return [inArea(at(names, 0), upper), ...stacked(names.slice(1), lower)];
}

/** Equally wide, one beside the other. */
function beside(names: readonly PaneName[], area: Area): Placement[] {
  if (names.length < 2) return names.map((name) => inArea(name, area));
  const others = names.length - 1;
  const othersWidth = Math.floor(((area.width - GAP * others) * others) / names.length) + GAP * (others - 1);
  const [left, right] = splitRight(area, othersWidth);
  return [inArea(at(names, 0), left), ...beside(names.slice(1), right)];
}

/** Fixed heights from the top; the last pane has what is left, or is left out. */
function column(area: Area, fixed: readonly [PaneName, number][], last: PaneName): Placement[] {
  const placed: Placement[] = [];
  let top = area.top;
  const end = area.top + area.height;
  for (const [pane, height] of fixed) {
    if (end - top < 2) break;
    placed.push(place(pane, area.left, top, area.width, Math.min(height, end - top), true));
    top += Math.min(height, end - top);
  }
  if (end - top >= 2) placed.push(place(last, area.left, top, area.width, end - top, true));
  return placed;
}

function pair(area: Area, left: PaneName, right: PaneName): Placement[] {
  const [one, other] = halves(area);
  return [inArea(left, one), inArea(right, other)];
}

function halves(area: Area): [Area, Area] {
  return splitRight(area, Math.floor((area.width - GAP) / 2));
}

function splitRight(area: Area, right: number): [Area, Area] {
  const left = area.width - right - GAP;
  return [{ ...area, width: left }, { ...area, left: area.left + left + GAP, width: right }];
}

function splitBottom(area: Area, bottom: number): [Area, Area] {
  const upper = area.height - bottom;
  return [{ ...area, height: upper }, { ...area, top: area.top + upper, height: bottom }];
}

function inArea(pane: PaneName, { left, top, width, height }: Area, titled = true): Placement {
  return place(pane, left, top, width, height, titled);
}

function place(
  pane: PaneName,
  left: number,
  top: number,
  width: number,
  height: number,
  titled: boolean,
): Placement {
  return { pane, left, top, width, height, titled };
}
