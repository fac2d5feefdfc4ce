import { toAscii } from "../../src/dashboard/drawing/glyphs.ts";
import { spellCommands } from "../../src/paths.ts";
import { useGlyphs } from "./use_glyphs.ts";

/** How a text is shown here: its commands as they work, in ASCII where the terminal has nothing else. */
export function useText(): (text: string) => string {
  const { ascii } = useGlyphs();
  return ascii ? (text) => toAscii(spellCommands(text)) : (text) => spellCommands(text);
}
