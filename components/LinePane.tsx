import { epochText, statusOf } from "../src/dashboard/run_text/describe.ts";
import { figure } from "../src/dashboard/text/formats.ts";
import { footerKeys } from "../src/dashboard/keys/keys.ts";
import type { Placement } from "../src/dashboard/layout/layout.ts";
import { noticesOf } from "../src/dashboard/layout/screen.ts";
import type { DashboardState } from "../src/dashboard/view/state.ts";
import { fitParts } from "../src/dashboard/text/width.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { useText } from "./hooks/use_text.ts";
import { Line } from "./Line.tsx";
import { QuitQuestion } from "./QuitQuestion.tsx";
import { Region } from "./Region.tsx";

/** The whole dashboard in one line, for a terminal too small for more; under a question, the question. */
export function LinePane({ state, placement }: { state: DashboardState; placement: Placement }) {
  const { width } = placement;
  return (
    <Region placement={placement}>
      {state.quitAsked
        ? <QuitQuestion state={state} width={width} />
        : state.help
        ? <NoHelp state={state} width={width} />
        : <RunLine state={state} width={width} />}
    </Region>
  );
}

/** In place of the help: how to be rid of it. */
function NoHelp({ state, width }: { state: DashboardState; width: number }) {
  const glyphs = useGlyphs();
  const keys = footerKeys(state, width).map(({ shown, label }) => `${shown} ${label}`);
  return <Line>{fitParts([...keys, "too small"], "  ", width, glyphs.ellipsis)}</Line>;
}

function RunLine({ state, width }: { state: DashboardState; width: number }) {
  const glyphs = useGlyphs();
  const text = useText();
  const epoch = epochText(state);
  const last = state.epochs.at(-1);
  const stopping = state.earlyStopping;
  const parts = [
    noticesOf(state).length > 0 ? `${glyphs.warning} ${statusOf(state).text}` : statusOf(state).text,
    ...(epoch === null ? [] : [epoch]),
    ...(last ? [`val ${figure(last.val_accuracy, 3)}`] : []),
    ...(stopping ? [`wait ${stopping.wait}/${stopping.patience}`] : []),
  ];
  return <Line>{fitParts(parts.map(text), " ", width, glyphs.ellipsis)}</Line>;
}
