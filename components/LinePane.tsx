import { DEFAULT_MONITOR, isFigureName } from "../src/metrics.ts";
import { epochText, statusOf } from "../src/dashboard/run_text/describe.ts";
import { figure } from "../src/dashboard/text/formats.ts";
import { footerKeys, modeOf } from "../src/dashboard/keys/keys.ts";
import { type Epoch, noticesOf } from "../src/run_state/run_state.ts";
import { secondsToLeave } from "../src/dashboard/view/end_stay.ts";
import type { DashboardState } from "../src/dashboard/view/state.ts";
import { fitParts, stringWidth } from "../src/dashboard/text/width.ts";
import { progressText } from "../src/dashboard/panes/progress_text.ts";
import { Bar } from "./Bar.tsx";
import { GoOnQuestion } from "./GoOnQuestion.tsx";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { useText } from "./hooks/use_text.ts";
import { EVERYTHING, pane } from "./registered_pane.ts";
import { Line } from "./Line.tsx";
import { QuitQuestion } from "./QuitQuestion.tsx";
import { Region } from "./Region.tsx";

/**
 * The whole dashboard in a few lines, for very small terminals: what the run does, a bar if there are two rows, and the
 * keys if there are three. Shows the questions of `q` and `r` and the answer to `?` instead of the keys, or alone.
 */
export const LINE = pane({ name: "line", frame: "instead" }, EVERYTHING, function LinePane({ state, placement }) {
  const { width, height } = placement;
  const { share } = progressText(state);
  const mode = modeOf(state);
  const keys = mode === "quit"
    ? <QuitQuestion state={state} width={width} />
    : mode === "go_on"
    ? <GoOnQuestion state={state} width={width} />
    : mode === "help"
    ? <NoHelp state={state} width={width} />
    : height >= WITH_KEYS
    ? <Keys state={state} width={width} />
    : null;
  const hasBar = share !== null && height >= WITH_BAR + (keys === null ? 0 : 1);
  return (
    <Region placement={placement}>
      <RunLines state={state} width={width} rows={height - (keys === null ? 0 : 1) - (hasBar ? 1 : 0)} />
      {hasBar && <Bar share={share} width={width} />}
      {keys}
    </Region>
  );
});

/** The least number of rows with a bar, without the row of keys, and with keys. */
const WITH_BAR = 2;
const WITH_KEYS = 3;

function Keys({ state, width }: { state: DashboardState; width: number }) {
  return <Line dim>{footerKeys(state, width).map(({ shown, label }) => `${shown} ${label}`).join("  ")}</Line>;
}

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

function RunLines({ state, width, rows }: { state: DashboardState; width: number; rows: number }) {
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
  return (
    <>
      {inRows(parts.map(text), width, rows, glyphs.ellipsis).map((line, index) => <Line key={index}>{line}</Line>)}
    </>
  );
}

/** Fills rows with the parts, one after the other. The last row skips parts that do not fit. */
function inRows(parts: readonly string[], width: number, rows: number, ellipsis: string): string[] {
  if (rows < 1 || parts.length === 0) return [];
  if (rows === 1) return [fitParts(parts, " ", width, ellipsis)];
  let taken = 1;
  while (taken < parts.length && stringWidth(parts.slice(0, taken + 1).join(" ")) <= width) taken++;
  const [first, others] = [parts.slice(0, taken), parts.slice(taken)];
  return [fitParts(first, " ", width, ellipsis), ...inRows(others, width, rows - 1, ellipsis)];
}
