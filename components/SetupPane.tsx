import { Text } from "ink";
import { isReading } from "../src/dashboard/run_text/describe.ts";
import { isMeasured, sinceText } from "../src/dashboard/panes/progress_text.ts";
import type { ViewState } from "../src/dashboard/view/view_state.ts";
import type { SetupStep } from "../src/run_state/state_parts.ts";
import { amount, percentDone } from "../src/dashboard/text/formats.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { cut, stringWidth } from "../src/dashboard/text/width.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { useText } from "./hooks/use_text.ts";
import { pane } from "./registered_pane.ts";
import { Line } from "./Line.tsx";
import { Pane } from "./Pane.tsx";

/** Returns the progress of a step, or if it has none, how long it has been running. */
function extentText(step: SetupStep, view: Pick<ViewState, "now">): string {
  const { done, total, unit, startedAt } = step;
  if (isMeasured(step)) return `${amount(done, total, unit)}, ${percentDone(done / total)}`;
  return [...(done > 0 ? [amount(done, 0, unit)] : []), ...sinceText({ view }, startedAt)].join(", ");
}

/**
 * The steps of the setup: engine, weights, data. Past steps have no tick, because one may have failed and been
 * replaced, which the notices explain.
 */
export const SETUP = pane({
  name: "setup",
  numbered: { number: 1, called: "setup" },
  stages: ["setup"],
  middle: true,
  compactRows: { setup: "rest" },
}, {
  run: ["setup", "phase", "end", "lastEventAt"],
  view: ["now", "lost", "role"],
}, function SetupPane({ state, placement, focused }) {
  const glyphs = useGlyphs();
  const text = useText();
  const { width, height, titled } = placement;
  const { setup, phase, end } = state.run;
  const steps = setup.slice(-(height - (titled ? 1 : 0)));
  const current = steps.at(-1);
  const over = (phase !== null && phase.name !== "prepare") || end !== null || state.view.lost;
  return (
    <Pane placement={placement} title="Setup" focused={focused}>
      {steps.length === 0 && (
        <Line dim>
          {over
            ? "the run ended during the setup"
            : isReading(state)
            ? "reading what the run has done so far"
            : "preparing engine, weights and data"}
        </Line>
      )}
      {steps.map((step) => {
        const running = step === current && !over;
        const mark = running ? glyphs.current : glyphs.past;
        const extent = running ? extentText(step, state.view) : "";
        const label = cut(text(step.label), width - 2 - (extent ? stringWidth(extent) + 2 : 0), glyphs.ellipsis);
        return (
          <Text key={step.label} wrap="truncate-end">
            {running ? <Text color={COLOURS.accent}>{mark}</Text> : <Text dimColor>{mark}</Text>}
            <Text bold={running}>{` ${label}`}</Text>
            <Text dimColor>{extent ? `  ${extent}` : ""}</Text>
          </Text>
        );
      })}
    </Pane>
  );
});
