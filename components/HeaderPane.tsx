import { Text } from "ink";
import { besideLine, runFacts, type Status } from "../src/dashboard/run_text/describe.ts";
import { nameBefore, titleLine } from "../src/dashboard/run_text/title_line.ts";
import { headerMessage, titleMessage } from "../src/dashboard/keys/footer_text.ts";
import { fullNoticeKeys, noticeRows } from "../src/dashboard/panes/notices.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { noticesOf } from "../src/run_state/run_state.ts";
import { noticeLines } from "../src/dashboard/layout/layout.ts";
import type { DashboardState } from "../src/dashboard/view/state.ts";
import type { Message } from "../src/dashboard/view/view_state.ts";
import { cut, stringWidth } from "../src/dashboard/text/width.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { useText } from "./hooks/use_text.ts";
import { EVERYTHING, pane } from "./registered_pane.ts";
import { Line } from "./Line.tsx";
import { Region } from "./Region.tsx";

const TONES: Readonly<Record<Status["tone"], string>> = {
  calm: COLOURS.accent,
  good: COLOURS.good,
  attention: COLOURS.attention,
  bad: COLOURS.bad,
};

/** The run, its state and its facts, and the notices, which are never covered. */
export const HEADER = pane({ name: "header", frame: "top" }, EVERYTHING, function HeaderPane({ state, placement }) {
  const glyphs = useGlyphs();
  const text = useText();
  const { width, height } = placement;
  const notices = noticesOf(state.run);
  const { beside } = state.view;
  const facts = beside ? besideLine(state.run, beside, " · ", width) : runFacts(state.run, " · ", width);
  const message = headerMessage(state, text);
  const inTitle = titleMessage(state, text);
  const lines = noticeLines(notices.length, state.view.rows);
  return (
    <Region placement={placement}>
      {inTitle
        ? <MessageTitle message={inTitle} state={state} width={width} />
        : <TitleLine state={state} width={width} />}
      {height - lines >= 2 &&
        (message ? <MessageLine message={message} width={width} /> : <Line dim>{text(facts)}</Line>)}
      {noticeRows(notices.map(text), width, lines, glyphs, fullNoticeKeys(state)).map((row, index) => (
        <Line key={index} bold color={COLOURS.attention}>{row}</Line>
      ))}
    </Region>
  );
});

function MessageLine({ message, width }: { message: Message; width: number }) {
  const glyphs = useGlyphs();
  const text = useText();
  return <Line bold color={colourOf(message)}>{cut(text(message.text), width, glyphs.ellipsis)}</Line>;
}

/** A message in the place of the title's right part, or of all of it. */
function MessageTitle({ message, state, width }: { message: Message; state: DashboardState; width: number }) {
  const glyphs = useGlyphs();
  const text = useText();
  const shown = cut(text(message.text), width, glyphs.ellipsis);
  return (
    <Text wrap="truncate-end">
      <Text bold>{nameBefore(state, shown, width, glyphs.ellipsis, text)}</Text>
      <Text bold color={colourOf(message)}>{shown}</Text>
    </Text>
  );
}

function colourOf({ tone }: Message): string {
  return tone === "error" ? COLOURS.bad : COLOURS.attention;
}

function TitleLine({ state, width }: { state: DashboardState; width: number }) {
  const glyphs = useGlyphs();
  const { left, status, rest } = titleLine(state, width, glyphs, useText());
  const gap = " ".repeat(Math.max(0, width - stringWidth(left) - stringWidth(status.text) - stringWidth(rest)));
  return (
    <Text wrap="truncate-end">
      <Text bold>{left}</Text>
      {gap}
      <Text bold color={TONES[status.tone]}>{status.text}</Text>
      {rest}
    </Text>
  );
}
