import { Text } from "ink";
import { figure } from "../src/dashboard/text/formats.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { FIGURE_NAMES, isValidation, metricOf } from "../src/metrics.ts";
import { sparkline, type SparklineScale } from "../src/dashboard/drawing/sparkline.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { pane } from "./registered_pane.ts";
import { Line } from "./Line.tsx";
import { Region } from "./Region.tsx";

const FIGURES = FIGURE_NAMES.filter(isValidation).toReversed();
const NAME_COLUMNS = Math.max(...FIGURES.map((name) => name.length));
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
  const rows: [string, (number | null)[], number, SparklineScale][] = epochs.length > 0
    ? FIGURES.map((name) => [name, epochs.map((epoch) => epoch[name]), 4, metricOf(name)])
    : rates.length > 0
    ? [["images/s", rates.map(({ perSecond }) => perSecond), 0, RATE]]
    : [];
  return (
    <Region placement={placement}>
      {rows.length === 0 && (
        <Line dim>{phase?.name === "extract" ? "images/s: not measured yet" : "no epoch yet"}</Line>
      )}
      {rows.map(([name, values, digits, sparked]) => {
        const last = figure(values.at(-1) ?? null, digits);
        return (
          <Text key={name} wrap="truncate-end">
            {`${name.padEnd(NAME_COLUMNS)} ${last.padStart(LAST_COLUMNS)} `}
            <Text color={COLOURS.validation}>
              {sparkline(values, width - NAME_COLUMNS - LAST_COLUMNS - 2, glyphs.bars, sparked)}
            </Text>
          </Text>
        );
      })}
    </Region>
  );
});
