import { epochText, statusOf } from "../src/dashboard/describe.ts";
import { figure } from "../src/dashboard/formats.ts";
import type { Placement } from "../src/dashboard/layout.ts";
import { noticesOf } from "../src/dashboard/screen.ts";
import type { DashboardState } from "../src/dashboard/state.ts";
import { fitParts } from "../src/dashboard/width.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { useText } from "./hooks/use_text.ts";
import { Line } from "./Line.tsx";
import { Region } from "./Region.tsx";

/** The whole dashboard in one line, for a terminal too small for more. */
export function LinePane({ state, placement }: { state: DashboardState; placement: Placement }) {
  const glyphs = useGlyphs();
  const text = useText();
  const { width } = placement;
  const epoch = epochText(state);
  const last = state.epochs.at(-1);
  const stopping = state.earlyStopping;
  const parts = [
    noticesOf(state).length > 0 ? `${glyphs.warning} ${statusOf(state).text}` : statusOf(state).text,
    ...(epoch === null ? [] : [epoch]),
    ...(last ? [`val ${figure(last.val_accuracy, 3)}`] : []),
    ...(stopping ? [`wait ${stopping.wait}/${stopping.patience}`] : []),
  ];
  return (
    <Region placement={placement}>
      <Line>{fitParts(parts.map(text), " ", width, glyphs.ellipsis)}</Line>
    </Region>
  );
}
