import { Text } from "ink";
import { figure } from "../src/dashboard/text/formats.ts";
import type { Placement } from "../src/dashboard/layout/layout.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { sparkline } from "../src/dashboard/drawing/sparkline.ts";
import type { DashboardState } from "../src/dashboard/view/state.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { Line } from "./Line.tsx";
import { Region } from "./Region.tsx";

/** Validation accuracy and loss as one line each, for screens without room for charts. */
export function TrendsPane({ state, placement }: { state: DashboardState; placement: Placement }) {
  const glyphs = useGlyphs();
  const { width } = placement;
  const { epochs, rates } = state;
  const rows: [string, (number | null)[], number][] = epochs.length > 0
    ? [
      ["val_accuracy", epochs.map(({ val_accuracy }) => val_accuracy), 4],
      ["val_loss", epochs.map(({ val_loss }) => val_loss), 4],
    ]
    : rates.length > 0
    ? [["images/s", rates.map(({ perSecond }) => perSecond), 0]]
    : [];
  return (
    <Region placement={placement}>
      {rows.length === 0 && <Line dim>no epoch yet</Line>}
      {rows.map(([name, values, digits]) => {
        const last = figure(values.at(-1) ?? null, digits);
        return (
          <Text key={name} wrap="truncate-end">
            {`${name.padEnd(12)} ${last.padStart(6)} `}
            <Text color={COLOURS.validation}>{sparkline(values, width - 20, glyphs.bars)}</Text>
          </Text>
        );
      })}
    </Region>
  );
}
