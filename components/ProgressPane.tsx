import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { progressText } from "../src/dashboard/panes/progress_text.ts";
import { fitParts, wrapLines } from "../src/dashboard/text/width.ts";
import { Bar } from "./Bar.tsx";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { useText } from "./hooks/use_text.ts";
import { EVERYTHING, pane } from "./registered_pane.ts";
import { Line } from "./Line.tsx";
import { Pane } from "./Pane.tsx";

/** The current work, its progress, its rate and the time left. */
export const PROGRESS = pane(
  {
    name: "progress",
    numbered: { number: 3, called: "progress" },
    sideRows: () => 5,
    places: {
      tall: { at: "between" },
      grid: { at: "between" },
      narrow: { at: "between" },
      stack: { at: "between", rows: 4 },
    },
    compactRows: { setup: 3, extract: 3, train: 3 },
  },
  EVERYTHING,
  function ProgressPane({ state, placement, focused }) {
    const glyphs = useGlyphs();
    const text = useText();
    const { title, share, lines, detail } = progressText(state);
    const rows = placement.height - (placement.titled ? 1 : 0) - (share === null ? 0 : 1);
    const details = detail === undefined || rows <= lines.length
      ? []
      : wrapLines(text(detail), placement.width, rows - lines.length, glyphs.ellipsis);
    return (
      <Pane placement={placement} title={title} focused={focused}>
        {share !== null && <Bar share={share} width={placement.width} />}
        {lines.slice(0, rows).map((parts, index) => (
          <Line key={index}>{fitParts(parts.map(text), ` ${glyphs.dot} `, placement.width, glyphs.ellipsis)}</Line>
        ))}
        {details.map((line, index) => <Line key={`detail ${index}`} color={COLOURS.bad}>{line}</Line>)}
      </Pane>
    );
  },
);
