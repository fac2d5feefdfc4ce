import { Text } from "ink";
import { figure } from "../src/dashboard/text/formats.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { FIGURE_NAMES, isValidation, metricOf } from "../src/metrics.ts";
import { Sequence } from "../src/sequence.ts";
import { sparkline, type SparklineScale } from "../src/dashboard/drawing/sparkline.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { pane } from "./registered_pane.ts";
import { Line } from "./Line.tsx";
import { Region } from "./Region.tsx";

const FIGURES = FIGURE_NAMES.filter(isValidation).toReversed();
const NAME_COLUMNS = Math.max(...FIGURES.map((name) => name.length));
/** The width of a figure below 10. Larger ones widen the column of figures. */
const LAST_COLUMNS = 6;
/** The metric "images per second". */
const RATE: SparklineScale = { direction: "max", limits: { min: 0 } };

/** The validation figures as sparklines, one per line, for screens without room for charts. */
export const TRENDS = pane({ name: "trends", stages: ["extract", "train"], compactRows: { extract: 2, train: 2 } }, {
  run: ["epochs", "rates", "phase"],
}, function TrendsPane({ state, placement }) {
  const glyphs = useGlyphs();
  const { width } = placement;
  const { epochs, rates, phase } = state.run;
  const rows: [string, Sequence<number | null>, number, SparklineScale][] = epochs.length > 0
    ? FIGURES.map((name) => [name, epochs.column(name), 4, metricOf(name)])
    : rates.length > 0
    ? [["images/s", Sequence.of(rates.map(({ perSecond }) => perSecond)), 0, RATE]]
    : [];
  const lasts = rows.map(([, values, digits]) => figure(values.at(-1) ?? null, digits));
  const lastColumns = Math.max(LAST_COLUMNS, ...lasts.map((last) => last.length));
  return (
    <Region placement={placement}>
      {rows.length === 0 && (
        <Line dim>{phase?.name === "extract" ? "images/s: not measured yet" : "no epoch yet"}</Line>
      )}
      {rows.map(([name, values, , sparked], row) => (
        <Text key={name} wrap="truncate-end">
          {`${name.padEnd(NAME_COLUMNS)} ${(lasts[row] ?? "").padStart(lastColumns)} `}
          <Text color={COLOURS.validation}>
            {sparkline(values, Math.max(0, width - NAME_COLUMNS - lastColumns - 2), glyphs.bars, sparked)}
          </Text>
        </Text>
      ))}
    </Region>
  );
});
