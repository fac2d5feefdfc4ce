import { Box } from "ink";
import { chooserLines, type ChooserState } from "../src/dashboard/runs/chooser.ts";
import { ASCII, toAscii, UNICODE } from "../src/dashboard/drawing/glyphs.ts";
import { useKeys } from "./hooks/use_keys.ts";
import { Line } from "./Line.tsx";

const LOOKS = {
  title: { bold: true },
  heading: { dim: true },
  run: {},
  selected: { inverse: true },
  keys: { dim: true },
} as const;

/** The screen on which a person chooses a run. */
export function Chooser(
  { state, nowMs, ascii, press }: {
    state: ChooserState;
    nowMs: number;
    ascii: boolean;
    press: (key: string) => void;
  },
) {
  useKeys(press);
  const text = ascii ? toAscii : (value: string) => value;
  return (
    <Box width={state.columns} height={state.rows} flexDirection="column" overflowY="hidden">
      {chooserLines(state, nowMs, ascii ? ASCII : UNICODE, text).map(({ kind, text: line }, index) => (
        <Line key={index} {...LOOKS[kind]}>{line}</Line>
      ))}
    </Box>
  );
}
