import type { ChalkInstance } from "chalk";
import { Text, Transform } from "ink";
import { useMemo } from "react";
import { useNamedLines } from "./hooks/use_strips.ts";

/** Neighbouring characters of one look; or text with escape sequences of its own. */
export interface PaintedRun {
  readonly text: string;
  readonly paint: ChalkInstance | null;
}

/** What Ink measures in place of a line. */
const MEASURED = " ";

/**
 * Lines that are already painted, no wider than their place, at the left of their region. Ink measures every character of a
 * text three times a frame, and by grapheme rules where it is not ASCII. Here it measures one blank a line, and gets the
 * line's name (see `Strips`) as it writes. `lines` must be the same object as long as it says the same.
 */
export function Painted({ lines }: { lines: readonly (readonly PaintedRun[])[] }) {
  const painted = useMemo(() => lines.map(paintedLine), [lines]);
  return <Written lines={painted} />;
}

/** One such line, for what is drawn with many characters that are not ASCII. */
export function PaintedLine({ runs }: { runs: readonly PaintedRun[] }) {
  const line = paintedLine(runs);
  const lines = useMemo(() => [line], [line]);
  return <Written lines={lines} />;
}

function Written({ lines }: { lines: readonly string[] }) {
  const written = useNamedLines(lines);
  return (
    <Transform transform={(_, index) => written[index] ?? ""}>
      <Text>{written.map(() => MEASURED).join("\n")}</Text>
    </Transform>
  );
}

function paintedLine(runs: readonly PaintedRun[]): string {
  return runs.map(({ text, paint }) => (paint === null ? text : paint(text))).join("").trimEnd();
}
