/** Rectangles of the screen: dividing them and placing panes in them. */
import { at } from "../../at.ts";
import type { PaneName } from "../view/pane_facts.ts";

export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Placement extends Area {
  readonly pane: PaneName;
  /** Whether the pane has a title line. */
  readonly titled: boolean;
  /** The number that is shown in the title. Its key focuses the pane. */
  readonly number?: number;
}

const GAP = 2;

export function inArea(pane: PaneName, { left, top, width, height }: Area, titled = true): Placement {
  return { pane, left, top, width, height, titled };
}

/** Splits off `right` columns at the right of an area. */
export function splitRight(area: Area, right: number): [Area, Area] {
  const left = area.width - right - GAP;
  return [{ ...area, width: left }, { ...area, left: area.left + left + GAP, width: right }];
}

/** Splits off `bottom` rows at the bottom of an area. */
export function splitBottom(area: Area, bottom: number): [Area, Area] {
  const upper = area.height - bottom;
  return [{ ...area, height: upper }, { ...area, top: area.top + upper, height: bottom }];
}

export function halves(area: Area): [Area, Area] {
  return splitRight(area, Math.floor((area.width - GAP) / 2));
}

/** Places panes of equal height below each other. */
export function stacked(names: readonly PaneName[], area: Area): Placement[] {
  if (names.length < 2) return names.map((name) => inArea(name, area));
  const [upper, lower] = splitBottom(area, Math.floor((area.height * (names.length - 1)) / names.length));
  return [inArea(at(names, 0), upper), ...stacked(names.slice(1), lower)];
}

/** Places panes of equal width beside each other. */
export function beside(names: readonly PaneName[], area: Area): Placement[] {
  if (names.length < 2) return names.map((name) => inArea(name, area));
  const others = names.length - 1;
  const othersWidth = Math.floor(((area.width - GAP * others) * others) / names.length) + GAP * (others - 1);
  const [left, right] = splitRight(area, othersWidth);
  return [inArea(at(names, 0), left), ...beside(names.slice(1), right)];
}

export interface InColumn {
  readonly name: PaneName;
  /** The height, or null for an equal share of the rows that are left. */
  readonly rows: number | null;
}

/** Places panes below each other, from the top. Leaves out panes that would have fewer than two rows. */
export function column(area: Area, panes: readonly InColumn[]): Placement[] {
  const [first, ...others] = panes;
  if (!first || area.height < 2) return [];
  const rows = Math.min(first.rows ?? Math.ceil(area.height / panes.length), area.height);
  const [upper, lower] = splitBottom(area, area.height - rows);
  return [inArea(first.name, upper), ...column(lower, others)];
}
