/**
 * Where each pane stands, from the measured size of the terminal and from what the panes say of themselves. Rectangles
 * never overlap nor leave the screen.
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
  /** How many notices must stay on screen. */
  readonly notices: number;
  /** Those of the stage, in reading order. */
  readonly panes: readonly SizedPane[];
  readonly zoom: PaneName | null;
  /** Rows of the footer, 1 if not given. Those beyond the first do not change which panes the screen has. */
  readonly footerRows?: number;
}

/** The column at the right of a wide screen: a share of it, within limits. */
const SIDEBAR = { share: 0.3, least: 66, most: 96 };
/** What stands at the bottom has this share of a tall screen, if that is more than it asks for. */
const BOTTOM = { share: 0.2, most: 16 };
/** Two charts that deserve the name. */
const CHARTS_AT_LEAST = 25;

/** How many lines the notices get: all of them where there is room, one where there is not. */
export function noticeLines(notices: number, rows: number): number {
  return Math.min(notices, rows >= 40 ? 3 : rows >= 24 ? 2 : 1);
}

/** Whether the header has a second line, for what the run is about. */
export function headerHasFacts(rows: number): boolean {
  return rows >= 16;
}

/** Panes in reading order, which is the order of focus. */
export function layout(input: LayoutInput): Placement[] {
  const { columns, rows, footerRows = 1 } = input;
  const screen: Area = { left: 0, top: 0, width: columns, height: rows };
  if (rows < 7 || columns < 24) {
    return columns < 1 || rows < 1 ? [] : framed(input, "instead", { ...screen, height: 1 });
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

/** Panes that can have the focus: all but those around them. */
export function focusable(placements: readonly Placement[], panes: readonly SizedPane[]): PaneName[] {
  const frame = new Set(panes.filter((pane) => pane.frame).map(({ name }) => name));
  return placements.map(({ pane }) => pane).filter((pane) => !frame.has(pane));
}

/** Panes with a number that have found no place, in the order of their numbers. */
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

/** Charts left, one over the other so that their epochs line up; everything else in a column at the right. */
function sidebar(area: Area, panes: readonly SizedPane[]): Placement[] {
  const width = Math.min(SIDEBAR.most, Math.max(SIDEBAR.least, Math.floor(area.width * SIDEBAR.share)));
  const [main, side] = splitRight(area, width);
  const inColumn = panes.flatMap(({ name, sideRows }) =>
    sideRows === null ? [] : [{ name, rows: sideRows === "rest" ? null : sideRows }]
  );
  return [...middle(panes, main), ...column(side, inColumn)];
}

/** What stands at the bottom is left out where the charts would be too low. */
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
