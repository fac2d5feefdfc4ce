import chalk from "chalk";
import { Table } from "ink-table";
import { Box, Text } from "ink";
import type { ReactNode } from "react";
import { percent } from "../src/dashboard/text/formats.ts";
import { gauge } from "../src/dashboard/drawing/gauge.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { layersShown, parameterTable, parameterTotals } from "../src/dashboard/panes/parameter_table.ts";
import type { PaneFacts } from "../src/dashboard/view/pane_facts.ts";
import { stringWidth } from "../src/dashboard/text/width.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { useText } from "./hooks/use_text.ts";
import { Line } from "./Line.tsx";
import { pane } from "./registered_pane.ts";
import { PaintedLine } from "./Painted.tsx";
import { asideRoom, Pane } from "./Pane.tsx";

const TITLE = "Parameters";

/**
 * The maximum number of layers at the side of a wide screen. The blocks of a base may need more, which a zoom shows.
 */
const SIDE_TABLE = 17;
/** The number of layers to reserve before the model is known. Most models have this many. */
const LAYERS_EXPECTED = 5;

/** Returns the rows for a title, the table with its heading, and the bar of the trainable share. */
const sideRows: PaneFacts["sideRows"] = ({ facts }, { baseOpen }) => {
  const layers = facts ? layersShown(facts.parameters.rows, baseOpen).length : LAYERS_EXPECTED;
  return Math.min(layers, SIDE_TABLE) + 3;
};

/** The layers of the head, and the base as one row, with their numbers of parameters. */
export const PARAMETERS = pane(
  {
    name: "parameters",
    sideRows,
    places: { tall: { at: "left" }, grid: { at: "left" } },
    numbered: { number: 5, called: "parameters" },
  },
  { run: ["facts"], view: ["baseOpen"] },
  function ParametersPane({ state, placement, focused }) {
    const text = useText();
    const glyphs = useGlyphs();
    const parameters = state.run.facts?.parameters;
    const totals = parameters ? [{ text: text(parameterTotals(parameters, asideRoom(TITLE, placement.width))) }] : [];
    const rows = placement.height - (placement.titled ? 1 : 0);
    if (!parameters) {
      return (
        <Pane placement={placement} title={TITLE} focused={focused}>
          <Line dim>available once the model is built</Line>
        </Pane>
      );
    }
    const { data, columns } = parameterTable(
      layersShown(parameters.rows, state.view.baseOpen),
      placement.width,
      rows,
      text,
      glyphs,
    );
    return (
      <Pane placement={placement} title={TITLE} aside={totals} focused={focused}>
        {/* The padding of ink-table cannot be turned off. The margin moves the first cell under the title. */}
        <Box marginLeft={-1}>
          <Table data={data} columns={columns} header={Heading} cell={Cell} skeleton={Skeleton} />
        </Box>
        {data.length + 1 < rows && (
          <TrainableBar share={parameters.trainable / Math.max(1, parameters.total)} width={placement.width} />
        )}
      </Pane>
    );
  },
);

const BAR_CELLS = 40;

/** A bar of the trainable share of the parameters, which is very small for a head on a frozen base. */
function TrainableBar({ share, width }: { share: number; width: number }) {
  const glyphs = useGlyphs();
  const [before, after] = ["trainable ", ` ${percent(share)}`];
  const { full, empty } = gauge(share, Math.max(1, Math.min(BAR_CELLS, width - before.length - after.length)));
  return (
    <PaintedLine
      runs={[
        { text: before, paint: null },
        { text: glyphs.full.repeat(full), paint: chalk.hex(COLOURS.accent) },
        { text: glyphs.empty.repeat(empty), paint: chalk.dim },
        { text: after, paint: null },
      ]}
    />
  );
}

function Heading({ children }: { children?: ReactNode }) {
  return <Text dimColor>{children}</Text>;
}

/** Removes the excess padding of wide characters, because ink-table pads by `String.length`. */
function Cell({ children }: { children?: ReactNode }) {
  const text = typeof children === "string" ? children : "";
  const excess = Math.max(0, stringWidth(text) - text.length);
  return <Text>{text.slice(0, text.length - excess)}</Text>;
}

/** Draws no lines between cells. ink-table's own lines would double the number of rows. */
function Skeleton(_: { children?: ReactNode }) {
  return null;
}
