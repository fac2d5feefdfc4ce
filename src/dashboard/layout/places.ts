/** The layout of medium-sized screens: charts at the top, and below them the panes in the places that they declare. */
import type { PaneName, Place, Screen, SizedPane } from "../view/pane_facts.ts";
import { type Area, beside, column, halves, type InColumn, type Placement, splitBottom, stacked } from "./areas.ts";

/**
 * For each screen: whether the panes of a row are beside each other, and the rows of those directly under the charts.
 */
const SCREENS: Readonly<Record<Screen, { readonly across: boolean; readonly betweenRows: number }>> = {
  tall: { across: true, betweenRows: 5 },
  grid: { across: true, betweenRows: 4 },
  narrow: { across: true, betweenRows: 5 },
  stack: { across: false, betweenRows: 9 },
};

/** The maximum height of the left and right columns. */
const COLUMNS_AT_MOST = 9;
/** The rows of a chart with a title, an axis and a few rows for its curves. */
const CHARTS_AT_LEAST = 8;

interface Placed extends InColumn {
  /** The rows that it has in the column of a wide screen, without the empty line after it. */
  readonly wanted: number;
}

/**
 * Places panes on a medium-sized screen.
 * @param taken rows that the footer temporarily takes from the area. The columns give them up, so the charts do not
 * change.
 */
export function inPlaces(screen: Screen, area: Area, panes: readonly SizedPane[], taken = 0): Placement[] {
  const { across, betweenRows } = SCREENS[screen];
  const [between, left, right, bottom] = (["between", "left", "right", "bottom"] as const).map((place) =>
    placedAt(screen, place, panes)
  ) as [Placed[], Placed[], Placed[], Placed[]];
  const columnRows = Math.min(COLUMNS_AT_MOST - taken, wantedRows(left.length > 0 ? left : right));
  const underCharts = (between.length > 0 ? betweenRows : 0) + columnRows;
  const lowestRows = bottomRows(bottom, area.height - underCharts, area.height);
  const [charts, below] = splitBottom(area, underCharts + lowestRows);
  const [upper, rest] = splitBottom(below, columnRows + lowestRows);
  const [columns, lowest] = splitBottom(rest, lowestRows);
  const [leftColumn, rightColumn] = halves(columns);
  const middle = panes.filter((pane) => pane.middle).map(({ name }) => name);
  return [
    ...(across ? beside(middle, charts) : stacked(middle, charts)),
    ...(across ? beside(names(between), upper) : column(upper, between)),
    ...columnKeepingLast(leftColumn, left),
    ...columnKeepingLast(rightColumn, right),
    ...(lowestRows > 0 ? beside(names(bottom), lowest) : []),
  ];
}

function placedAt(screen: Screen, place: Place["at"], panes: readonly SizedPane[]): Placed[] {
  return panes.flatMap(({ name, places, sideRows }) => {
    const own = places?.[screen];
    if (own?.at !== place) return [];
    return [{ name, rows: own.rows ?? null, wanted: typeof sideRows === "number" ? sideRows - 1 : own.rows ?? 0 }];
  });
}

function wantedRows(panes: readonly Placed[]): number {
  return panes.reduce((sum, { wanted }) => sum + wanted, 0);
}

/** Places a column and limits the other panes so that the last one always has room. */
function columnKeepingLast(area: Area, panes: readonly Placed[]): Placement[] {
  return column(
    area,
    panes.map(({ name, rows }, index) => ({
      name,
      rows: index === panes.length - 1 || rows === null ? null : Math.min(rows, area.height - 2),
    })),
  );
}

/**
 * Returns the rows for the panes at the bottom: the number they declare, by default a fifth of the height, or 0 if the
 * charts would become too small.
 */
function bottomRows(panes: readonly Placed[], room: number, height: number): number {
  if (panes.length === 0) return 0;
  const wanted = Math.max(...panes.map(({ rows }) => rows ?? Math.min(9, Math.max(6, Math.floor(height / 5)))));
  return room - wanted >= CHARTS_AT_LEAST ? wanted : 0;
}

function names(panes: readonly Placed[]): PaneName[] {
  return panes.map(({ name }) => name);
}
