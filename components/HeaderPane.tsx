import { Text } from "ink";
import {
  besideText,
  clockText,
  epochText,
  runFacts,
  type Status,
  statusOf,
} from "../src/dashboard/run_text/describe.ts";
import { headerMessage } from "../src/dashboard/keys/footer_text.ts";
import { fullNoticeKeys, noticeRows } from "../src/dashboard/panes/notices.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { noticesOf } from "../src/run_state/run_state.ts";
import { noticeLines } from "../src/dashboard/layout/layout.ts";
import { placeAndNextText, placeText, type SeriesView } from "../src/dashboard/view/series.ts";
import type { DashboardState } from "../src/dashboard/view/state.ts";
import { cut, fitParts, stringWidth } from "../src/dashboard/text/width.ts";
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
  const beside = besideText(state.view.beside);
  // Both runs are named in the line, so the letter says whose facts follow.
  const before = beside === "" ? "" : `${beside} · A: `;
  const facts = runFacts(state.run, " · ", width - stringWidth(before));
  const message = headerMessage(state, text);
  const lines = noticeLines(notices.length, state.view.rows);
  return (
    <Region placement={placement}>
      <TitleLine state={state} width={width} />
      {height - lines >= 2 && (message
        ? (
          <Line bold color={message.tone === "error" ? COLOURS.bad : COLOURS.attention}>
            {cut(text(message.text), width, glyphs.ellipsis)}
          </Line>
        )
        : <Line dim>{text(facts === "" ? beside : before + facts)}</Line>)}
      {noticeRows(notices.map(text), width, lines, glyphs, fullNoticeKeys(state)).map((row, index) => (
        <Line key={index} bold color={COLOURS.attention}>{row}</Line>
      ))}
    </Region>
  );
});

function TitleLine({ state, width }: { state: DashboardState; width: number }) {
  const glyphs = useGlyphs();
  const text = useText();
  const status = statusOf(state);
  const epoch = epochText(state.run);
  const clock = clockText(state);
  // On a small screen only the progress pane shows the epoch.
  const { series } = state.view;
  const place = series === null ? [] : [seriesText(series, width, state.run.end !== null)];
  const only = state.view.readOnly ? ["read-only"] : [];
  const rest = [...(epoch === null || width < 56 ? [] : [epoch]), clock, ...place, ...only].map((part) =>
    ` ${glyphs.dot} ${part}`
  ).join(
    "",
  );
  const statusText = cut(text(status.text), Math.max(4, width - stringWidth(rest)), glyphs.ellipsis);
  const room = width - stringWidth(statusText) - stringWidth(rest) - 2;
  const { id } = state.view;
  const title = state.run.facts?.name ?? null;
  const name = text(title ?? id ?? "");
  const suffix = title && id ? [text(id)] : [];
  const parts = width >= 100 ? ["Headlight", name, ...suffix] : [name, ...suffix];
  const left = room < 8 ? "" : fitParts(parts, "  ", room, glyphs.ellipsis);
  const gap = " ".repeat(Math.max(0, width - stringWidth(left) - stringWidth(statusText) - stringWidth(rest)));
  return (
    <Text wrap="truncate-end">
      <Text bold>{left}</Text>
      {gap}
      <Text bold color={TONES[status.tone]}>{statusText}</Text>
      {rest}
    </Text>
  );
}

/** The next run is named if there is room, and also when it is about to begin. */
function seriesText(series: SeriesView, width: number, ended: boolean): string {
  if (width < 56) return `${series.place}/${series.of}`;
  return width >= 100 || ended ? placeAndNextText(series) : placeText(series);
}
