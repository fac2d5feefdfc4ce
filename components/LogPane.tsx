import { Text } from "ink";
import { clock } from "../src/dashboard/text/formats.ts";
import { LINES_AN_ENTRY, logRows } from "../src/dashboard/panes/log_rows.ts";
import { shownEntries } from "../src/dashboard/view/log_view.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { useText } from "./hooks/use_text.ts";
import { Line } from "./Line.tsx";
import { pane } from "./registered_pane.ts";
import { Pane } from "./Pane.tsx";

const COLOUR = { info: "", warn: COLOURS.attention, error: COLOURS.bad } as const;

/** The visible entries of the log, the newest at the bottom. */
export const LOG = pane(
  {
    name: "log",
    sideRows: "rest",
    places: { tall: { at: "bottom" }, grid: { at: "right" } },
    numbered: { number: 7, called: "log" },
  },
  { run: ["log", "end"], view: ["logView", "zoom", "lost"] },
  function LogPane({ state, placement, focused }) {
    const glyphs = useGlyphs();
    const text = useText();
    const { filter, below } = state.view.logView;
    const height = placement.height - (placement.titled ? 1 : 0);
    const rows = logRows(
      shownEntries(state.view.logView, state.run.log).slice(-height),
      placement.width,
      height,
      // A zoomed log shows every entry in full.
      state.view.zoom === "log" ? height : LINES_AN_ENTRY,
      text,
      glyphs,
    );
    return (
      <Pane
        placement={placement}
        title={filter === "all" ? "Log" : `Log, ${filter}`}
        aside={below > 0 ? [{ text: `${below} newer below` }] : []}
        focused={focused}
      >
        {rows.length === 0 && (
          <Line dim>
            {filter === "all" ? state.run.end || state.view.lost ? "no entries" : "no entries yet" : `no ${filter}`}
          </Line>
        )}
        {rows.map(({ time, level, text: line, id }) => (
          <Text key={id} wrap="truncate-end">
            <Text dimColor>{time === null ? "         " : `${clock(time)} `}</Text>
            <Text color={COLOUR[level]} bold={level === "error"}>{line}</Text>
          </Text>
        ))}
      </Pane>
    );
  },
);
