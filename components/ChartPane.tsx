import { Box, Text } from "ink";
import { type ChartRun, drawChart, type RunKind } from "../src/dashboard/charts.ts";
import { type Aside, Pane, TITLE_MARGIN } from "./Pane.tsx";
import { type ChartData, legend } from "../src/dashboard/chart_data.ts";
import type { Placement } from "../src/dashboard/layout.ts";
import { COLOURS } from "../src/dashboard/palette.ts";
import { stringWidth } from "../src/dashboard/width.ts";
import type { DashboardState } from "../src/dashboard/state.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { Line } from "./Line.tsx";

/** A chart with its legend, which gives the newest figures. */
export function ChartPane(
  { state, data, placement, focused }: {
    state: Pick<DashboardState, "charts">;
    data: ChartData;
    placement: Placement;
    focused: boolean;
  },
) {
  const glyphs = useGlyphs();
  const { width, height, titled } = placement;
  const room = width - stringWidth(data.title) - TITLE_MARGIN;
  const aside: Aside[] = legend(data, glyphs, room).map(({ name, text }) => (
    name === null ? { text } : { text, color: COLOURS[name] }
  ));
  const empty = data.series.every(({ points }) => points.length === 0);
  const rows = height - (titled ? 1 : 0);
  return (
    <Pane placement={placement} title={data.title} aside={aside} focused={focused}>
      {empty
        ? <Waiting text={data.waiting} rows={rows} />
        : drawChart({ ...data, width, height: rows, drawing: state.charts.drawing }).map((runs, index) => (
          <ChartLine key={index} runs={runs} />
        ))}
    </Pane>
  );
}

const STYLES: Readonly<Record<RunKind, { color?: string; dim?: boolean; bold?: boolean }>> = {
  label: { dim: true },
  axis: { dim: true },
  blank: {},
  training: { color: COLOURS.training },
  validation: { color: COLOURS.validation },
  mark: { bold: true },
};

function ChartLine({ runs }: { runs: readonly ChartRun[] }) {
  return (
    <Text wrap="truncate-end">
      {runs.map(({ text, kind }, index) => {
        const { color = "", dim = false, bold = false } = STYLES[kind];
        return <Text key={index} color={color} dimColor={dim} bold={bold}>{text}</Text>;
      })}
    </Text>
  );
}

function Waiting({ text, rows }: { text: string; rows: number }) {
  return (
    <Box height={rows} justifyContent="center" alignItems="center">
      <Line dim>{text}</Line>
    </Box>
  );
}
