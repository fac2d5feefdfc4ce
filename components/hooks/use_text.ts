import { toAscii } from "../../src/dashboard/drawing/glyphs.ts";
import { spellCommands } from "../../src/paths.ts";
import { useGlyphs } from "./use_glyphs.ts";

/** Returns a function that prepares texts for display: spells commands as they were called, and converts to ASCII. */
export function useText(): (text: string) => string {
  const { ascii } = useGlyphs();
  return ascii ? (text) => toAscii(spellCommands(text)) : (text) => spellCommands(text);
}
