import { Text } from "ink";
import { type FooterText, footerText } from "../src/dashboard/keys/footer_text.ts";
import { FOOTER_GAP, modeOf } from "../src/dashboard/keys/keys.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { END_COMMAND_COLUMN, END_GAP, endRows, type ShownStep } from "../src/dashboard/run_text/end_rows.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { useText } from "./hooks/use_text.ts";
import { GoOnQuestion } from "./GoOnQuestion.tsx";
import { QuitQuestion } from "./QuitQuestion.tsx";
import { EVERYTHING, pane } from "./registered_pane.ts";
import { Region } from "./Region.tsx";

/**
 * The next steps after the end of the run, and below them the keys that are bound now or the question of `q` or `r`.
 */
export const FOOTER = pane({ name: "footer", frame: "bottom" }, EVERYTHING, function Footer({ state, placement }) {
  const glyphs = useGlyphs();
  const text = useText();
  const { width } = placement;
  const mode = modeOf(state);
  return (
    <Region placement={placement}>
      {endRows(state).map((steps, row) => <NextSteps key={row} steps={steps} />)}
      {mode === "quit"
        ? <QuitQuestion state={state} width={width} />
        : mode === "go_on"
        ? <GoOnQuestion state={state} width={width} />
        : <KeysAndSaid {...footerText(state, width, text, glyphs.ellipsis)} />}
    </Region>
  );
});

function NextSteps({ steps }: { steps: readonly ShownStep[] }) {
  const text = useText();
  return (
    <Text wrap="truncate-end">
      {steps.map(({ name, command }, index) => (
        <Text key={name}>
          {index > 0 ? " ".repeat(END_GAP) : ""}
          <Text dimColor>{name.padEnd(END_COMMAND_COLUMN)}</Text>
          {text(command)}
        </Text>
      ))}
    </Text>
  );
}

function KeysAndSaid({ keys, said }: FooterText) {
  return (
    <Text wrap="truncate-end">
      {keys.map(({ shown, label }, index) => (
        <Text key={shown}>
          {index > 0 ? " ".repeat(FOOTER_GAP) : ""}
          <Text bold color={COLOURS.accent}>{shown}</Text>
          <Text dimColor>{` ${label}`}</Text>
        </Text>
      ))}
      {said !== null && (
        <Text bold color={said.tone === "error" ? COLOURS.bad : COLOURS.attention}>
          {" ".repeat(said.indent) + said.text}
        </Text>
      )}
    </Text>
  );
}
