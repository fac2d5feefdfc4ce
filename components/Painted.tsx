import type { ChalkInstance } from "chalk";
import { Text, Transform } from "ink";
import { useMemo } from "react";
import { useNamedLines } from "./hooks/use_strips.ts";

/** Neighbouring characters with the same style, or text that has its own escape sequences. */
export interface PaintedRun {
  readonly text: string;
  readonly paint: ChalkInstance | null;
}

/** The text that Ink measures instead of a line. */
const MEASURED = " ";

/**
 * Lines that are already styled and not wider than their place, at the left edge of their region. Ink measures every
 * character of a text three times per frame, by grapheme rules if the text is not ASCII. Here Ink measures one blank
 * per line, and gets the line's name (see `Strips`) when it writes. The lines are only styled again if `lines` is
 * another object.
 */
export function Painted({ lines }: { lines: readonly (readonly PaintedRun[])[] }) {
  const painted = useMemo(() => lines.map(paintedLine), [lines]);
  return <Written lines={painted} />;
}

/** Like `Painted`, with a single line. For lines with many characters that are not ASCII. */
export function PaintedLine({ runs }: { runs: readonly PaintedRun[] }) {
  const line = paintedLine(runs);
  const lines = useMemo(() => [line], [line]);
  return <Written lines={lines} />;
}

/**
 * Painted lines at the left edge of their region. `lines` must be the same object as long as it says the same.
 *
 * @property covers the number of columns that are written over, if the lines lie over other panes
 */
export function Written({ lines, covers = 0 }: { lines: readonly string[]; covers?: number }) {
  const written = useNamedLines(lines, covers);
  return (
    <Transform transform={(_, index) => written[index] ?? ""}>
      <Text>{written.map(() => MEASURED).join("\n")}</Text>
    </Transform>
  );
}

function paintedLine(runs: readonly PaintedRun[]): string {
  return runs.map(({ text, paint }) => (paint === null ? text : paint(text))).join("").trimEnd();
}
