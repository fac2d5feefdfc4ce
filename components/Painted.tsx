import type { ChalkInstance } from "chalk";
import { Text, Transform } from "ink";
import { useMemo } from "react";
import type { Sprites, Style } from "../src/dashboard/drawing/sprites.ts";
import { useSprites } from "./hooks/use_sprites.ts";

/** Neighbouring characters that look alike, or a piece of an image as one. */
export type PaintedRun =
  | { readonly text: string; readonly paint: ChalkInstance | null }
  | { readonly strip: string; readonly columns: number };

/** What Ink measures in place of a line. */
const MEASURED = " ";

/**
 * Lines that are painted already, no wider than their place. Ink measures every character of a text three times a frame,
 * and by grapheme rules where it is not ASCII: two charts at 200×50 cost 9 ms of a frame's 15. Here it measures one blank a
 * line, and gets the line as it writes. `lines` is to be the same object as long as it says the same.
 */
export function Painted({ lines }: { lines: readonly (readonly PaintedRun[])[] }) {
  const sprites = useSprites();
  const painted = useMemo(() => lines.map((runs) => runs.map((run) => paintedText(run, sprites)).join("").trimEnd()), [
    lines,
    sprites,
  ]);
  return (
    <Transform transform={(_, index) => painted[index] ?? ""}>
      <Text>{painted.map(() => MEASURED).join("\n")}</Text>
    </Transform>
  );
}

/** One such line, for what is drawn with many characters that are not ASCII. */
export function PaintedLine({ runs }: { runs: readonly PaintedRun[] }) {
  const sprites = useSprites();
  const painted = runs.map((run) => paintedText(run, sprites)).join("").trimEnd();
  return (
    <Transform transform={() => painted}>
      <Text>{MEASURED}</Text>
    </Transform>
  );
}

function paintedText(run: PaintedRun, sprites: Sprites | null): string {
  if ("strip" in run) return sprites?.strip(run.strip, run.columns) ?? run.strip;
  const { text, paint } = run;
  if (paint === null) return text;
  return sprites === null ? paint(text) : sprites.named(text, styleOf(paint));
}

const MARK = "x";

function styleOf(paint: ChalkInstance): Style {
  const [open = "", close = ""] = paint(MARK).split(MARK);
  return { open, close };
}
