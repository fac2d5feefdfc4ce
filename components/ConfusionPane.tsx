import chalk, { type ChalkInstance } from "chalk";
import {
  type MatrixCell,
  type MatrixRow,
  matrixRows,
  pairText,
  worstPairs,
} from "../src/dashboard/panes/confusion_view.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { cut } from "../src/dashboard/text/width.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { useText } from "./hooks/use_text.ts";
import { Line } from "./Line.tsx";
import { pane } from "./registered_pane.ts";
import { Painted, type PaintedRun } from "./Painted.tsx";
import { Pane } from "./Pane.tsx";

const PAINT: Readonly<Record<MatrixCell["kind"], ChalkInstance>> = {
  right: chalk.hex(COLOURS.training),
  wrong: chalk.hex(COLOURS.validation).bold,
  none: chalk.dim,
  letter: chalk.dim,
};

function matrixLine({ name, cells }: MatrixRow): PaintedRun[] {
  return [{ text: name, paint: null }, ...cells.map(({ text, kind }) => ({ text, paint: PAINT[kind] }))];
}

/**
 * Returns the rows for a title, the matrix and a pair or two. With many classes the matrix would be as high as the
 * screen, so only the most frequent pairs are shown.
 */
function sideRows(classes: number): number {
  const letters = 1;
  return (classes <= 12 ? classes + letters + 1 : 5) + 2;
}

/** The confusion matrix of the last validation if it fits, and the pairs of classes that are confused most often. */
export const CONFUSION = pane(
  {
    name: "confusion",
    stages: ["train"],
    sideRows: ({ facts }) => sideRows(facts?.dataset.classes.length ?? 0),
    places: { tall: { at: "bottom" } },
    numbered: { number: 8, called: "confusion matrix", atEnd: "matrix" },
  },
  { run: ["facts", "confusion", "end"] },
  function ConfusionPane({ state, placement, focused }) {
    const glyphs = useGlyphs();
    const text = useText();
    const { width, height, titled } = placement;
    const lines = height - (titled ? 1 : 0);
    const { confusion, facts, end } = state.run;
    const classes = (facts?.dataset.classes ?? []).map(text);
    if (!confusion) {
      return (
        <Pane placement={placement} title="Confusion matrix" focused={focused}>
          <Line dim>{end ? "no epoch was validated" : "available after the first epoch"}</Line>
        </Pane>
      );
    }
    const matrix = matrixRows(confusion.cells, classes, width, lines, glyphs) ?? [];
    const pairs = worstPairs(confusion.cells, classes).slice(0, Math.max(0, lines - matrix.length));
    return (
      <Pane
        placement={placement}
        title="Confusion matrix"
        aside={[{ text: `epoch ${confusion.epoch}` }]}
        focused={focused}
      >
        {matrix.length > 0 && <Painted lines={matrix.map(matrixLine)} />}
        {pairs.map((pair, index) => <Line key={`pair ${index}`}>{cut(pairText(pair), width, glyphs.ellipsis)}</Line>)}
        {matrix.length + pairs.length === 0 && <Line dim>no misclassified images</Line>}
      </Pane>
    );
  },
);
