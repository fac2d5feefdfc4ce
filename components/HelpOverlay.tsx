import chalk from "chalk";
import { Box } from "ink";
import { useMemo } from "react";
import { type HelpBox, KEY_COLUMNS } from "../src/dashboard/keys/help_text.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { fit } from "../src/dashboard/text/width.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { Written } from "./Painted.tsx";

/** The keys, in a box over the middle of the screen. Header, notices and footer stay visible. */
export function HelpOverlay({ box }: { box: HelpBox }) {
  const glyphs = useGlyphs();
  const { left, top, width, height, textWidth, rows } = box;
  const lines = useMemo(() =>
    rows.map(({ shown: key, text, dim }) => {
      const description = fit(fit(text, textWidth - 1, glyphs.ellipsis), textWidth);
      return chalk.hex(COLOURS.accent).bold(fit(` ${key}`, KEY_COLUMNS)) + (dim ? chalk.dim(description) : description);
    }), [rows, textWidth, glyphs]);
  return (
    <Box
      position="absolute"
      left={left}
      top={top}
      width={width}
      height={height}
      borderStyle={glyphs.ascii ? "classic" : "round"}
      borderDimColor
      flexDirection="column"
      overflow="hidden"
    >
      <Written lines={lines} covers={KEY_COLUMNS + textWidth} />
    </Box>
  );
}
