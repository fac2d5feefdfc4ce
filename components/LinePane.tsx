import { DEFAULT_MONITOR, isFigureName } from "../src/metrics.ts";
import { epochText, statusOf } from "../src/dashboard/run_text/describe.ts";
import { figure } from "../src/dashboard/text/formats.ts";
import { footerKeys } from "../src/dashboard/keys/keys.ts";
import { type Epoch, noticesOf } from "../src/run_state/run_state.ts";
import { secondsToLeave } from "../src/dashboard/view/end_stay.ts";
import type { DashboardState } from "../src/dashboard/view/state.ts";
import { fitParts } from "../src/dashboard/text/width.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { useText } from "./hooks/use_text.ts";
import { EVERYTHING, pane } from "./registered_pane.ts";
import { Line } from "./Line.tsx";
import { QuitQuestion } from "./QuitQuestion.tsx";
import { Region } from "./Region.tsx";

/** The whole dashboard in one line, for very small terminals. Shows the question of `q` instead while it is open. */
export const LINE = pane({ name: "line", frame: "instead" }, EVERYTHING, function LinePane({ state, placement }) {
  const { width } = placement;
  return (
    <Region placement={placement}>
      {state.view.quitAsked
        ? <QuitQuestion state={state} width={width} />
        : state.view.help
        ? <NoHelp state={state} width={width} />
        : <RunLine state={state} width={width} />}
    </Region>
  );
});

/** A line that replaces the help, for which there is no room, and shows how to close it. */
function NoHelp({ state, width }: { state: DashboardState; width: number }) {
  const glyphs = useGlyphs();
  const keys = footerKeys(state, width, 1).map(({ shown, label }) => `${shown} ${label}`);
  return <Line>{fitParts([...keys, "too small"], "  ", width, glyphs.ellipsis)}</Line>;
}

/** Returns the figure that early stopping monitors. The default one has a short name. */
function monitoredText(epoch: Epoch, monitor: string): string {
  const name = isFigureName(monitor) ? monitor : DEFAULT_MONITOR;
  return `${name === DEFAULT_MONITOR ? "val" : name} ${figure(epoch[name] ?? null, 3)}`;
}

function RunLine({ state, width }: { state: DashboardState; width: number }) {
  const glyphs = useGlyphs();
  const text = useText();
  const epoch = epochText(state.run);
  const last = state.run.epochs.at(-1);
  const stopping = state.run.earlyStopping;
  const seconds = secondsToLeave(state.view);
  const parts = [
    noticesOf(state.run).length > 0 ? `${glyphs.warning} ${statusOf(state).text}` : statusOf(state).text,
    ...(seconds === null ? [] : [`closes in ${seconds} s`]),
    ...(epoch === null ? [] : [epoch]),
    ...(last ? [monitoredText(last, stopping?.monitor ?? DEFAULT_MONITOR)] : []),
    ...(stopping ? [`wait ${stopping.wait}/${stopping.patience}`] : []),
  ];
  return <Line>{fitParts(parts.map(text), " ", width, glyphs.ellipsis)}</Line>;
}
