import { Text } from "ink";
import { FOOTER_GAP, footerKeys } from "../src/dashboard/keys/keys.ts";
import { currentMessage } from "../src/dashboard/view/message.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import type { DashboardState } from "../src/dashboard/view/state.ts";
import { cut, stringWidth } from "../src/dashboard/text/width.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { useText } from "./hooks/use_text.ts";
import { QuitQuestion } from "./QuitQuestion.tsx";
import { EVERYTHING, pane } from "./registered_pane.ts";
import { Region } from "./Region.tsx";

/** The keys that mean something now, what was asked for last, or the question of `q`. */
export const FOOTER = pane({ name: "footer", frame: "bottom" }, EVERYTHING, function Footer({ state, placement }) {
  return (
    <Region placement={placement}>
      {state.view.quitAsked
        ? <QuitQuestion state={state} width={placement.width} />
        : <KeysAndMessage state={state} width={placement.width} />}
    </Region>
  );
});

function KeysAndMessage({ state, width }: { state: DashboardState; width: number }) {
  const glyphs = useGlyphs();
  const text = useText();
  const message = currentMessage(state.view);
  const said = message ? text(message.text) : "";
  const keys = footerKeys(state, width);
  const keysWidth = keys.reduce((sum, { shown, label }) => sum + shown.length + 1 + label.length, 0) +
    FOOTER_GAP * (keys.length - 1);
  const both = said === "" || keysWidth + 3 + stringWidth(said) <= width;
  return (
    <Text wrap="truncate-end">
      {both && keys.map(({ shown, label }, index) => (
        <Text key={shown}>
          {index > 0 ? " ".repeat(FOOTER_GAP) : ""}
          <Text bold color={COLOURS.accent}>{shown}</Text>
          <Text dimColor>{` ${label}`}</Text>
        </Text>
      ))}
      {said !== "" && (
        <Text bold color={message?.tone === "error" ? COLOURS.bad : COLOURS.attention}>
          {both ? " ".repeat(width - keysWidth - stringWidth(said)) + said : cut(said, width, glyphs.ellipsis)}
        </Text>
      )}
    </Text>
  );
}
