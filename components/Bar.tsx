import chalk from "chalk";
import { gauge } from "../src/dashboard/drawing/gauge.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { percentDone } from "../src/dashboard/text/formats.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { PaintedLine } from "./Painted.tsx";

/** A bar of the share that is done, from 0 to 1, and the percentage. */
export function Bar({ share, width }: { share: number; width: number }) {
  const glyphs = useGlyphs();
  const label = percentDone(share).padStart(6);
  const { full, empty } = gauge(share, Math.max(1, width - label.length));
  return (
    <PaintedLine
      runs={[
        { text: glyphs.full.repeat(full), paint: chalk.hex(COLOURS.accent) },
        { text: glyphs.empty.repeat(empty), paint: chalk.dim },
        { text: label, paint: null },
      ]}
    />
  );
}
