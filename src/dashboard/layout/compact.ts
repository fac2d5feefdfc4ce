/** The layout of screens too small for charts, such as 40×12: sparklines instead of charts, and no titles. */
import type { SizedPane } from "../view/pane_facts.ts";
import type { Stage } from "../view/stage.ts";
import { type Area, inArea, type Placement } from "./areas.ts";

/** Areas with more rows than this get empty lines between panes. */
const TIGHT = 7;

/** The rows that the first pane keeps if there is not enough room for all. */
const FIRST_AT_LEAST = 2;

/** Places panes below each other, with an empty line after each of the first ones if there are rows to spare. */
export function compact(area: Area, panes: readonly SizedPane[], stage: Stage): Placement[] {
  const wanted = panes.flatMap(({ name, compactRows }) => {
    const rows = compactRows?.[stage];
    return rows === undefined ? [] : [{ name, rows }];
  });
  const fixed = wanted.reduce((sum, { rows }) => sum + (rows === "rest" ? 0 : rows), 0);
  const lacking = Math.max(0, fixed - area.height);
  const rest = Math.max(0, area.height - fixed);
  const spare = wanted.some(({ rows }) => rows === "rest") ? 0 : Math.max(0, Math.min(2, area.height - TIGHT));
  const placed: Placement[] = [];
  let top = area.top;
  for (const [index, { name, rows }] of wanted.entries()) {
    const given = rows === "rest" ? rest : index === 0 ? Math.max(FIRST_AT_LEAST, rows - lacking) : rows;
    const height = Math.min(given, area.top + area.height - top);
    if (height > 0) placed.push(inArea(name, { ...area, top, height }, false));
    top += height + (index < spare ? 1 : 0);
  }
  return placed;
}
