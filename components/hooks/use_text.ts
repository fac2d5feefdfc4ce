import { toAscii } from "../../src/dashboard/drawing/glyphs.ts";
import { useGlyphs } from "./use_glyphs.ts";

/** How a text is shown here: unchanged, or in ASCII where the terminal has nothing else. */
export function useText(): (text: string) => string {
  const { ascii } = useGlyphs();
  return ascii ? toAscii : (text) => text;
}
