import { Box, Text } from "ink";
import { helpRows } from "../src/dashboard/keys/help_text.ts";
import type { Placement } from "../src/dashboard/layout/layout.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import type { DashboardState } from "../src/dashboard/view/state.ts";
import { fit, stringWidth } from "../src/dashboard/text/width.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";

/** Columns of a key's name, the spaces before and behind it included. */
const KEY_COLUMNS = 9;
const BORDERS = 2;

/** The keys, over the middle of the screen; header, notices and footer stay in view. */
export function HelpOverlay({ state, header }: { state: DashboardState; header: Placement }) {
  const glyphs = useGlyphs();
  const { columns, rows: screenRows } = state.view;
  const footerTop = screenRows - 1;
  // A space at the right edge, so that no text touches the border.
  const room = columns - BORDERS - KEY_COLUMNS - 1;
  const rows = helpRows(state, room, footerTop - header.height - BORDERS, glyphs.ellipsis);
  const widest = Math.max(
    ...rows.flatMap(({ text, beside }) => [text, beside?.text ?? ""]).map((text) => stringWidth(text)),
  );
  const textWidth = Math.min(room, widest) + 1;
  const column = KEY_COLUMNS + textWidth;
  const width = BORDERS + column * (rows.some(({ beside }) => beside) ? 2 : 1);
  const height = rows.length + BORDERS;
  const middle = Math.floor((screenRows - height) / 2);
  return (
    <Box
      position="absolute"
      left={Math.floor((columns - width) / 2)}
      top={Math.max(header.height, Math.min(middle, footerTop - height))}
      width={width}
      height={height}
      borderStyle={glyphs.ascii ? "classic" : "round"}
      borderDimColor
      flexDirection="column"
      overflow="hidden"
    >
      {/* Written to its full width, so that nothing shines through. */}
      {rows.map(({ shown, text, beside }, index) => (
        <Text key={index} wrap="truncate-end">
          <Text bold color={COLOURS.accent}>{fit(` ${shown}`, KEY_COLUMNS)}</Text>
          {fit(fit(text, textWidth - 1, glyphs.ellipsis), textWidth)}
          {width > BORDERS + column && (
            <Text>
              <Text bold color={COLOURS.accent}>{fit(` ${beside?.shown ?? ""}`, KEY_COLUMNS)}</Text>
              {fit(fit(beside?.text ?? "", textWidth - 1, glyphs.ellipsis), textWidth)}
            </Text>
          )}
        </Text>
      ))}
    </Box>
  );
}
