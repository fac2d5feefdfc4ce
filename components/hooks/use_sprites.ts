import { createContext, useContext } from "react";
import type { Sprites } from "../../src/dashboard/drawing/sprites.ts";

/** Null where Ink's output goes straight to its reader. */
export const SpritesContext = createContext<Sprites | null>(null);

export function useSprites(): Sprites | null {
  return useContext(SpritesContext);
}
