import { Table } from "ink-table";
import { Text } from "ink";
import type { ReactNode } from "react";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { CURVE_KEY, RUNS_GAP, type RunsColumn, type RunsKey } from "../src/dashboard/runs/runs_layout.ts";
import { END_STATES, type RunsTable as Texts } from "../src/dashboard/runs/runs_table.ts";
import { stringWidth } from "../src/dashboard/text/width.ts";

/** The table of runs, one run per line below a line of headings. */
export function RunsTable({ table: { columns, rows } }: { table: Texts }) {
  function Heading({ children }: { children?: ReactNode }) {
    // ink-table passes the column's index to cells, but not to headings.
    const column = columns.find(({ key }) => key === String(children).trim());
    return <Text dimColor>{padded(children, column)}</Text>;
  }
  function Cell({ children, column: index }: { children?: ReactNode; column: number }) {
    const text = padded(children, columns[index]);
    return <Text color={colourOf(columns[index]?.key, text.trim())}>{text}</Text>;
  }
  /**
   * Replaces the padding of ink-table, which is on both sides and based on `String.length`, by one based on the width.
   */
  function padded(children: ReactNode, column: RunsColumn | undefined): string {
    if (!column || typeof children !== "string") return "";
    const right = column.align === "right";
    // A sparkline may begin with a gap, which must stay.
    const text = right ? children.trim() : children.slice(1).trimEnd();
    const spaces = " ".repeat(Math.max(0, column.width - stringWidth(text)));
    return (right ? spaces + text : text + spaces) + (column === columns.at(-1) ? "" : " ".repeat(RUNS_GAP));
  }
  return (
    <Table
      data={rows.map((row) => Object.fromEntries(columns.map(({ key }) => [key, row[key]])))}
      columns={columns.map(({ key, align }) => ({ key, align }))}
      header={Heading}
      cell={Cell}
      skeleton={Skeleton}
    />
  );
}

function colourOf(key: RunsKey | undefined, text: string): string {
  if (key === CURVE_KEY) return COLOURS.validation;
  if (key !== "state") return "";
  if (text.startsWith("live")) return COLOURS.accent;
  return [END_STATES.failed, END_STATES.nan, "lost", "broken"].includes(text) ? COLOURS.bad : "";
}

/** Draws no lines between cells. */
function Skeleton(_: { children?: ReactNode }) {
  return null;
}
