import chalk, { type ChalkInstance } from "chalk";
import { Box } from "ink";
import { useMemo } from "react";
import { type ChartData, titleAndLegend } from "../src/dashboard/panes/chart_data.ts";
import { drawChart } from "../src/dashboard/charts/draw_chart.ts";
import type { Drawing, RunKind } from "../src/dashboard/charts/series.ts";
import type { Placement } from "../src/dashboard/layout/layout.ts";
import { ASCII } from "../src/dashboard/drawing/glyphs.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { useText } from "./hooks/use_text.ts";
import { Line } from "./Line.tsx";
import { Painted } from "./Painted.tsx";
import { type Aside, Pane, titleRoom } from "./Pane.tsx";

/** A chart with its legend. It is only redrawn if `data` is another object. */
export function ChartPane(
  { data, drawing, placement, focused }: {
    data: ChartData;
    drawing: Drawing;
    placement: Placement;
    focused: boolean;
  },
) {
  const glyphs = useGlyphs();
  const text = useText();
  const { width, height, titled } = placement;
  const rows = height - (titled ? 1 : 0);
  const { title, aside } = useMemo(() => {
    // The key b draws in ASCII on any terminal, and the legend shows what is drawn.
    const marks = drawing === "ascii" ? ASCII : glyphs;
    const { title, entries } = titleAndLegend(data, marks, (title) => titleRoom(title, width));
    const aside = entries.map(({ name, text }): Aside => name === null ? { text } : { text, color: COLOURS[name] });
    return { title, aside };
  }, [data, drawing, glyphs, width]);
  const lines = useMemo(() => {
    if (data.series.every(({ points }) => points.xs.length === 0)) return null;
    const references = data.references?.map(({ y, captions }) => ({ y, captions: captions.map(text) })) ?? [];
    return drawChart({ ...data, references, width, height: rows, drawing }).map((runs) =>
      runs.map(({ text, kind, run }) => ({ text, paint: (run === undefined ? PAINT : PAINT_BESIDE)[kind] }))
    );
  }, [data, width, rows, drawing, text]);
  return (
    <Pane placement={placement} title={title} aside={aside} focused={focused}>
      {lines === null ? <Waiting text={data.waiting} rows={rows} /> : <Painted lines={lines} />}
    </Pane>
  );
}

/** The styles. They use the same chalk as Ink, which detects the terminal's colour support. */
const PAINT: Readonly<Record<RunKind, ChalkInstance | null>> = {
  label: chalk.dim,
  axis: chalk.dim,
  blank: null,
  training: chalk.hex(COLOURS.training),
  validation: chalk.hex(COLOURS.validation),
  faint: chalk.dim,
  mark: chalk.bold,
  caption: null,
};

/** The styles for the other of two runs. */
const PAINT_BESIDE: typeof PAINT = {
  ...PAINT,
  training: chalk.hex(COLOURS.beside),
  validation: chalk.hex(COLOURS.beside),
  mark: chalk.hex(COLOURS.beside).bold,
};

function Waiting({ text, rows }: { text: string; rows: number }) {
  return (
    <Box height={rows} justifyContent="center" alignItems="center">
      <Line dim>{text}</Line>
    </Box>
  );
}
