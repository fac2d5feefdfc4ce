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

/** Rows of the table at most: an open base has as many blocks as it likes; zoomed they all find room. */
const SIDE_TABLE = 17;
/** As many as most heads have, before it is known. */
const LAYERS_EXPECTED = 5;

/** A title, the table with its heading, and how much of all is trained. */
const sideRows: PaneFacts["sideRows"] = ({ facts }, { baseOpen }) => {
  const layers = facts ? layersShown(facts.parameters.rows, baseOpen).length : LAYERS_EXPECTED;
  return Math.min(layers, SIDE_TABLE) + 3;
};

/** The layers of the head and the base as one row, with their parameters. */
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
          <Line dim>known once the model is built</Line>
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
        {/* ink-table cannot do without its padding; the first cell is to stand under the title. */}
        <Box marginLeft={-1}>
          <Table data={data} columns={columns} header={Heading} cell={Cell} skeleton={Skeleton} />
        </Box>
        {data.length + 1 < rows && <TrainableBar share={parameters.trainable / Math.max(1, parameters.total)} />}
      </Pane>
    );
  },
);

const BAR_CELLS = 40;

/** How much of the whole is trained: for a head on a frozen base next to nothing. */
function TrainableBar({ share }: { share: number }) {
  const glyphs = useGlyphs();
  const { full, empty } = gauge(share, BAR_CELLS);
  return (
    <PaintedLine
      runs={[
        { text: "trainable ", paint: null },
        { text: glyphs.full.repeat(full), paint: chalk.hex(COLOURS.accent) },
        { text: glyphs.empty.repeat(empty), paint: chalk.dim },
        { text: ` ${percent(share)}`, paint: null },
      ]}
    />
  );
}

function Heading({ children }: { children?: ReactNode }) {
  return <Text dimColor>{children}</Text>;
}

/** ink-table pads by `String.length`: what wide characters take beyond that is taken back from the spaces at the end. */
function Cell({ children }: { children?: ReactNode }) {
  const text = typeof children === "string" ? children : "";
  const excess = Math.max(0, stringWidth(text) - text.length);
  return <Text>{text.slice(0, text.length - excess)}</Text>;
}

/** No lines between cells: ink-table's own frame takes as many rows again as the data. */
function Skeleton(_: { children?: ReactNode }) {
  return null;
}
