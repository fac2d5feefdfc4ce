import { Box, Text } from "ink";
import { type HelpBox, KEY_COLUMNS } from "../src/dashboard/keys/help_text.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { fit } from "../src/dashboard/text/width.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { useOpaque } from "./hooks/use_strips.ts";

/** The keys, in a box over the middle of the screen. Header, notices and footer stay visible. */
export function HelpOverlay({ box }: { box: HelpBox }) {
  const glyphs = useGlyphs();
  const opaque = useOpaque();
  const { left, top, width, height, textWidth, rows } = box;
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
      {/* Padded to the full width, so that it covers what is below. */}
      {rows.map(({ shown: key, text, dim }, index) => (
        <Text key={index} wrap="truncate-end">
          <Text bold color={COLOURS.accent}>{opaque(fit(` ${key}`, KEY_COLUMNS))}</Text>
          <Text dimColor={dim}>{opaque(fit(fit(text, textWidth - 1, glyphs.ellipsis), textWidth))}</Text>
        </Text>
      ))}
    </Box>
  );
}
