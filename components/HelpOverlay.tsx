import { Box, Text } from "ink";
import { BORDERS, helpWidth, helpWindow, KEY_COLUMNS, widestRow } from "../src/dashboard/keys/help_text.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import type { DashboardState } from "../src/dashboard/view/state.ts";
import { fit } from "../src/dashboard/text/width.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";

/** The keys, over the middle of the screen; header, notices and footer stay in view. */
export function HelpOverlay({ state }: { state: DashboardState }) {
  const glyphs = useGlyphs();
  const { columns, rows: screenRows } = state.view;
  const { rows, more, top, bottom } = helpWindow(state);
  const shown = more === null ? rows : [...rows, { shown: "", text: more }];
  const textWidth = Math.min(helpWidth(state), widestRow(shown)) + 1;
  const width = BORDERS + KEY_COLUMNS + textWidth;
  const height = shown.length + BORDERS;
  const middle = Math.floor((screenRows - height) / 2);
  return (
    <Box
      position="absolute"
      left={Math.floor((columns - width) / 2)}
      top={Math.max(top, Math.min(middle, bottom - height))}
      width={width}
      height={height}
      borderStyle={glyphs.ascii ? "classic" : "round"}
      borderDimColor
      flexDirection="column"
      overflow="hidden"
    >
      {/* Written to its full width, so that nothing shines through. */}
      {shown.map(({ shown: key, text }, index) => (
        <Text key={index} wrap="truncate-end">
          <Text bold color={COLOURS.accent}>{fit(` ${key}`, KEY_COLUMNS)}</Text>
          <Text dimColor={index === rows.length}>{fit(fit(text, textWidth - 1, glyphs.ellipsis), textWidth)}</Text>
        </Text>
      ))}
    </Box>
  );
}
