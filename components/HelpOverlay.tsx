import { Box, Text } from "ink";
import { helpKeys } from "../src/dashboard/keys.ts";
import { COLOURS } from "../src/dashboard/palette.ts";
import type { DashboardState } from "../src/dashboard/state.ts";
import { fit, stringWidth } from "../src/dashboard/width.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { Line } from "./Line.tsx";

/** The keys, over the middle of the screen; the header and what surrounds it stay. */
export function HelpOverlay({ state }: { state: DashboardState }) {
  const glyphs = useGlyphs();
  const keys = helpKeys(state);
  const longest = Math.max(...keys.map(({ description }) => stringWidth(description)));
  const inner = Math.min(state.columns - 4, longest + 10);
  const rows = keys.slice(0, Math.max(0, state.rows - 5));
  const left = Math.floor((state.columns - inner - 4) / 2);
  const top = Math.max(1, Math.floor((state.rows - rows.length - 2) / 2));
  return (
    <Box
      position="absolute"
      left={Math.max(0, left)}
      top={top}
      width={inner + 4}
      height={rows.length + 2}
      borderStyle={glyphs.ascii ? "classic" : "round"}
      borderDimColor
      flexDirection="column"
      overflow="hidden"
    >
      {/* Written to its full width, so that nothing shines through. */}
      {rows.map(({ shown, description }) => (
        <Text key={shown} wrap="truncate-end">
          <Text bold color={COLOURS.accent}>{` ${fit(shown, 8)}`}</Text>
          {fit(description, inner - 7, glyphs.ellipsis)}
        </Text>
      ))}
      {rows.length === 0 && <Line dim>too small for the list of keys</Line>}
    </Box>
  );
}
