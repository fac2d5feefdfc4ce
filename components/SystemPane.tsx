import chalk from "chalk";
import { gauge } from "../src/dashboard/drawing/gauge.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { fittingRows, systemRows } from "../src/dashboard/panes/system_rows.ts";
import { fitParts } from "../src/dashboard/text/width.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { useText } from "./hooks/use_text.ts";
import { Line } from "./Line.tsx";
import { pane } from "./registered_pane.ts";
import { PaintedLine } from "./Painted.tsx";
import { Pane } from "./Pane.tsx";

const NAME_COLUMNS = 10;
const BAR_CELLS = 10;

/** The run's use of its machine: processor, memory, GPUs. */
export const SYSTEM = pane(
  {
    name: "system",
    sideRows: ({ system }) => systemRows(system).length + 2,
    places: { tall: { at: "right" } },
    numbered: { number: 9, called: "system" },
  },
  { run: ["system", "end"], view: ["lost"] },
  function SystemPane({ state, placement, focused }) {
    const glyphs = useGlyphs();
    const text = useText();
    const { width, height, titled } = placement;
    const { system } = state.run;
    const over = state.run.end !== null || state.view.lost;
    const { rows, moreGpus } = fittingRows(system, height - (titled ? 1 : 0));
    const room = width - NAME_COLUMNS - BAR_CELLS - 1;
    return (
      <Pane
        placement={placement}
        title="System"
        aside={[
          ...(rows.some(({ marked }) => marked) ? [{ text: `${glyphs.current} this run's` }] : []),
          ...(moreGpus > 0 ? [{ text: `+${moreGpus} more` }] : []),
          ...(over && rows.length > 0 ? [{ text: "at the end of the run" }] : []),
        ]}
        focused={focused}
      >
        {rows.length === 0 && (
          <Line dim>{over ? "the run ended before the first measurement" : "measured every few seconds"}</Line>
        )}
        {rows.map(({ name, parts, share, marked }) => {
          const { full, empty } = gauge(share ?? 0, BAR_CELLS);
          const bar = share === null ? " ".repeat(BAR_CELLS) : glyphs.full.repeat(full);
          return (
            <PaintedLine
              key={name}
              runs={[
                { text: name, paint: marked ? chalk.bold : null },
                {
                  text: (marked ? ` ${glyphs.current}` : "").padEnd(NAME_COLUMNS - name.length),
                  paint: chalk.hex(COLOURS.accent),
                },
                { text: bar, paint: chalk.hex(COLOURS.accent) },
                { text: share === null ? "" : glyphs.empty.repeat(empty), paint: chalk.dim },
                { text: ` ${fitParts(parts.map(text), "  ", room, glyphs.ellipsis)}`, paint: null },
              ]}
            />
          );
        })}
      </Pane>
    );
  },
);
