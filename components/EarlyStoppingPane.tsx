import { Text } from "ink";
import {
  earlyStoppingSentences,
  gaugeParts,
  monitorText,
  NOT_BY_EARLY_STOPPING,
} from "../src/dashboard/run_text/early_stopping_text.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { wrapLines, wrapWords } from "../src/dashboard/text/width.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { useText } from "./hooks/use_text.ts";
import { Line } from "./Line.tsx";
import { pane } from "./registered_pane.ts";
import { asideRoom, Pane } from "./Pane.tsx";

const TITLE = "Early stopping";

/** How long the run waits for an improvement, as a gauge and as a sentence. */
export const EARLY_STOPPING = pane(
  {
    name: "early_stopping",
    numbered: { number: 4, called: "early stopping" },
    sideRows: () => 6,
    places: {
      tall: { at: "between" },
      grid: { at: "between" },
      narrow: { at: "between" },
      stack: { at: "between" },
    },
    compactRows: { extract: 3, train: 3 },
  },
  { run: ["earlyStopping", "end", "facts", "epochs"], view: ["goOn", "lost"] },
  function EarlyStoppingPane({ state, placement, focused }) {
    const glyphs = useGlyphs();
    const text = useText();
    const { width, height, titled } = placement;
    const stopping = state.run.earlyStopping;
    const starting = state.view.goOn?.stage === "starting";
    const lastChance = stopping?.stops_next === true && !state.run.end && !starting;
    const color = lastChance ? COLOURS.attention : "";
    const gauge = stopping ? gaugeParts(stopping, glyphs, width) : null;
    const rows = height - (titled ? 1 : 0) - (gauge ? 1 : 0) - (gauge?.referenceBelow ? 1 : 0);
    // While the next trainer starts, the figures are those with which the run ended before.
    const sentences = starting
      ? ["goes on with the run"]
      : state.view.lost && !state.run.end
      ? [stopping ? NOT_BY_EARLY_STOPPING : "no epoch was completed"]
      : earlyStoppingSentences(state.run);
    const sentence = sentences.find((one) => wrapWords(text(one), width).length <= Math.max(1, rows)) ??
      sentences.at(-1) ?? "";
    const aside = stopping ? [{ text: monitorText(stopping, state.run.epochs, asideRoom(TITLE, width)) }] : [];
    return (
      <Pane placement={placement} title={TITLE} aside={aside} focused={focused}>
        {gauge && (
          <Text wrap="truncate-end">
            <Text color={color || COLOURS.accent}>{gauge.full}</Text>
            <Text dimColor>{gauge.empty}</Text>
            <Text bold={lastChance}>{gauge.count}</Text>
            {gauge.reference}
          </Text>
        )}
        {gauge?.referenceBelow && <Line>{gauge.referenceBelow}</Line>}
        {wrapLines(text(sentence), width, Math.max(1, rows), glyphs.ellipsis).map((
          line,
          index,
        ) => <Line key={index} bold={lastChance} color={color}>{line}</Line>)}
      </Pane>
    );
  },
);
