import { createContext, useContext } from "react";
import { type Glyphs, UNICODE } from "../../src/dashboard/drawing/glyphs.ts";

export const GlyphsContext = createContext<Glyphs>(UNICODE);

/** Returns the characters that this terminal can show. */
export function useGlyphs(): Glyphs {
  return useContext(GlyphsContext);
}
