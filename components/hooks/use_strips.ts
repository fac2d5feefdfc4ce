import { createContext, useContext, useEffect, useMemo } from "react";
import { parseCells } from "../../src/dashboard/wire/row.ts";
import { NAME_LENGTH, type Strips } from "../../src/dashboard/wire/strips.ts";

/** Null where Ink's output goes straight to its reader, as in tests. */
export const StripsContext = createContext<Strips | null>(null);

/** The column at which the help ends if it is open, counted from the left of the screen; null if it never covers a pane. */
export const CoverEndContext = createContext<number | null>(null);

/** The first column of the region that a pane is drawn in, counted from the left of the screen. */
export const LeftContext = createContext(0);

/**
 * Returns what Ink gets for painted lines at the left of a region: their names, or the lines themselves where there are no
 * names. `painted` must be the same object as long as it says the same.
 *
 * @param covers the number of columns in which Ink replaces what other panes have written, by blanks behind each name
 */
export function useNamedLines(painted: readonly string[], covers = 0): readonly string[] {
  const strips = useContext(StripsContext);
  const coverEnd = useContext(CoverEndContext);
  const left = useContext(LeftContext);
  const cut = coverEnd === null ? null : coverEnd - left;
  const cells = useMemo(() => (strips === null ? null : painted.map(parseCells)), [strips, painted]);
  const lease = useMemo(() => cells && (strips?.lease(cells, cut) ?? null), [strips, cells, cut]);
  // React cleans up after the next frame was drawn, which has the new names.
  useEffect(() => () => lease?.release(), [lease]);
  return useMemo(() => {
    if (lease === null) return painted;
    return covers === 0 ? lease.lines : lease.lines.map((line) => line.padEnd(covers + NAME_LENGTH - 1));
  }, [lease, painted, covers]);
}
