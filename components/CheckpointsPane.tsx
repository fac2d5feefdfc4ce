import { checkpointLines } from "../src/dashboard/panes/checkpoint_rows.ts";
import { cut } from "../src/dashboard/text/width.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { useText } from "./hooks/use_text.ts";
import { Line } from "./Line.tsx";
import { pane } from "./registered_pane.ts";
import { Pane } from "./Pane.tsx";

/** The saved checkpoints: the best, the last, the requested ones, and those that a resume passed over. */
export const CHECKPOINTS = pane(
  {
    name: "checkpoints",
    sideRows: () => 5,
    places: { tall: { at: "right", rows: 4 }, grid: { at: "right" }, narrow: { at: "bottom", rows: 3 } },
    numbered: { number: 6, called: "checkpoints" },
  },
  { run: ["checkpoints", "damaged", "epochs", "earlyStopping", "end"], view: ["lost"] },
  function CheckpointsPane({ state, placement, focused }) {
    const glyphs = useGlyphs();
    const text = useText();
    const lines = checkpointLines(state.run, placement.height - (placement.titled ? 1 : 0), placement.width);
    return (
      <Pane placement={placement} title="Checkpoints" focused={focused}>
        {lines.length === 0 && <Line dim>{state.run.end || state.view.lost ? "none" : "none yet"}</Line>}
        {lines.map((line, index) => <Line key={index}>{cut(text(line), placement.width, glyphs.ellipsis)}</Line>)}
      </Pane>
    );
  },
);
