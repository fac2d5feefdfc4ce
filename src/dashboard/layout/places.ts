/** The screens in between: charts at the top, and below them the panes in the places that they have named. */
import type { PaneName, Place, Screen, SizedPane } from "../view/pane_facts.ts";
import { type Area, beside, column, halves, type InColumn, type Placement, splitBottom, stacked } from "./areas.ts";

/** Whether panes of a row stand beside each other, and how many rows they have under the charts. */
const SCREENS: Readonly<Record<Screen, { readonly across: boolean; readonly betweenRows: number }>> = {
  tall: { across: true, betweenRows: 5 },
  grid: { across: true, betweenRows: 4 },
  narrow: { across: true, betweenRows: 5 },
  stack: { across: false, betweenRows: 9 },
};

/** Rows of the columns at most, where they share the screen with everything else. */
const COLUMNS_AT_MOST = 9;
/** Charts with a title, an axis and a few rows for their curves. */
const CHARTS_AT_LEAST = 8;

interface Placed extends InColumn {
  /** What it would take at the side of a wide screen, without the empty line after it. */
  readonly wanted: number;
}

/**
 * Places panes on a screen in between.
 * @param taken rows that the area lacks for a while: the columns give them up, the charts stay as they are
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
    ...lastSeen(leftColumn, left),
    ...lastSeen(rightColumn, right),
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

/** A column whose first panes never push the last one out. */
function lastSeen(area: Area, panes: readonly Placed[]): Placement[] {
  return column(
    area,
    panes.map(({ name, rows }, index) => ({
      name,
      rows: index === panes.length - 1 || rows === null ? null : Math.min(rows, area.height - 2),
    })),
  );
}

/** The rows that its panes ask for, where the charts stay high enough; a fifth of the screen for those that do not ask. */
function bottomRows(panes: readonly Placed[], room: number, height: number): number {
  if (panes.length === 0) return 0;
  const asked = Math.max(...panes.map(({ rows }) => rows ?? Math.min(9, Math.max(6, Math.floor(height / 5)))));
  return room - asked >= CHARTS_AT_LEAST ? asked : 0;
}

function names(panes: readonly Placed[]): PaneName[] {
  return panes.map(({ name }) => name);
}
