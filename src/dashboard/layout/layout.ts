/**
 * Computes the place of each pane from the size of the terminal and from the panes' own facts. Rectangles never overlap
 * and never leave the screen.
 */
import type { PaneFacts, PaneName, SizedPane } from "../view/pane_facts.ts";
import type { Stage } from "../view/stage.ts";
import { type Area, column, inArea, type Placement, splitBottom, splitRight, stacked } from "./areas.ts";
import { compact } from "./compact.ts";
import { inPlaces } from "./places.ts";

export type { Placement };

export interface LayoutInput {
  readonly columns: number;
  readonly rows: number;
  readonly stage: Stage;
  /** The number of notices, which must stay on the screen. */
  readonly notices: number;
  /** The panes of the stage, in reading order. */
  readonly panes: readonly SizedPane[];
  readonly zoom: PaneName | null;
  /** The rows of the footer, by default 1. More rows do not change which panes are on the screen. */
  readonly footerRows?: number;
}

/** The width of the column at the right of a wide screen: its share of the screen, and limits in columns. */
const SIDEBAR = { share: 0.3, least: 66, most: 96 };
/** On tall screens, a pane at the bottom gets this share of the height if that is more than its own number of rows. */
const BOTTOM = { share: 0.2, most: 16 };
/** The rows that two charts need to be readable. */
const CHARTS_AT_LEAST = 25;

/** Returns the number of lines for notices: one to three, depending on the height of the screen. */
export function noticeLines(notices: number, rows: number): number {
  return Math.min(notices, rows >= 40 ? 3 : rows >= 24 ? 2 : 1);
}

/** Returns whether the header has a second line, which describes the run. */
export function headerHasFacts(rows: number): boolean {
  return rows >= 16;
}

/** Returns whether the screen has room for a header and a footer. */
export function hasFrame({ columns, rows }: Pick<LayoutInput, "columns" | "rows">): boolean {
  return rows >= 7 && columns >= 24;
}

/** Returns the placed panes in reading order, which is also the order of focus. */
export function layout(input: LayoutInput): Placement[] {
  const { columns, rows, footerRows = 1 } = input;
  const screen: Area = { left: 0, top: 0, width: columns, height: rows };
  if (!hasFrame(input)) {
    return columns < 1 || rows < 1 ? [] : framed(input, "instead", screen);
  }
  const headerRows = (headerHasFacts(rows) ? 2 : 1) + noticeLines(input.notices, rows);
  const [header, belowIt] = splitBottom(screen, rows - headerRows);
  const [area, footer] = splitBottom(belowIt, footerRows);
  return [
    ...framed(input, "top", header),
    ...(input.zoom ? [inArea(input.zoom, area)] : panesIn(area, input)),
    ...framed(input, "bottom", footer),
  ];
}

/** Returns the panes that can have the focus: all except header, footer and the one-line dashboard. */
export function focusable(placements: readonly Placement[], panes: readonly SizedPane[]): PaneName[] {
  const frame = new Set(panes.filter((pane) => pane.frame).map(({ name }) => name));
  return placements.map(({ pane }) => pane).filter((pane) => !frame.has(pane));
}

/** Returns the numbered panes that have no place on the screen, ordered by number. */
export function leftOut(placements: readonly Placement[], panes: readonly SizedPane[]): PaneName[] {
  const placed = new Set(placements.map(({ pane }) => pane));
  if (panes.some(({ name, frame }) => frame === "instead" && placed.has(name))) return [];
  return panes.flatMap(({ name, numbered }) => (!numbered || placed.has(name) ? [] : [{ name, ...numbered }]))
    .sort((one, other) => one.number - other.number)
    .map(({ name }) => name);
}

function framed({ panes }: LayoutInput, frame: PaneFacts["frame"], area: Area): Placement[] {
  return panes.filter((pane) => pane.frame === frame).map(({ name }) => inArea(name, area, false));
}

function panesIn(area: Area, { panes, stage, footerRows = 1 }: LayoutInput): Placement[] {
  const taken = footerRows - 1;
  const { width } = area;
  const height = area.height + taken;
  if (width >= 150 && height >= 28) return sidebar(area, panes);
  if (width >= 72 && height >= 19) return inPlaces(height >= 30 ? "tall" : "grid", area, panes, taken);
  if (width >= 56 && height >= 13) return inPlaces("narrow", area, panes, taken);
  if (width >= 30 && height >= 22) return inPlaces("stack", area, panes, taken);
  return compact(area, panes, stage);
}

/**
 * Places the charts at the left, below each other so that their epochs line up, and everything else in a column at the
 * right.
 */
function sidebar(area: Area, panes: readonly SizedPane[]): Placement[] {
  const width = Math.min(SIDEBAR.most, Math.max(SIDEBAR.least, Math.floor(area.width * SIDEBAR.share)));
  const [main, side] = splitRight(area, width);
  const inColumn = panes.flatMap(({ name, sideRows }) =>
    sideRows === null ? [] : [{ name, rows: sideRows === "rest" ? null : sideRows }]
  );
  return [...middle(panes, main), ...column(side, inColumn)];
}

/** Places the charts, and below them the panes for the bottom unless the charts would become too small. */
function middle(panes: readonly SizedPane[], area: Area): Placement[] {
  let charts = area;
  const below: Placement[] = [];
  for (const { name, bottomRows } of panes) {
    if (bottomRows === undefined || charts.height - bottomRows < CHARTS_AT_LEAST) continue;
    const rows = Math.max(bottomRows, Math.min(BOTTOM.most, Math.floor(area.height * BOTTOM.share)));
    const [upper, lower] = splitBottom(charts, rows);
    charts = upper;
    below.unshift(inArea(name, lower));
  }
  return [...stacked(panes.filter((pane) => pane.middle).map(({ name }) => name), charts), ...below];
}
