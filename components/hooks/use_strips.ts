import { createContext, useContext, useEffect, useMemo } from "react";
import { parseCells } from "../../src/dashboard/wire/row.ts";
import { NAME_LENGTH, type Strips } from "../../src/dashboard/wire/strips.ts";

/** The names of painted lines, or null if Ink's output is not rewritten, as in tests. */
export const StripsContext = createContext<Strips | null>(null);

/** The screen column at which the help ends when it is open, or null outside the panes, which the help never covers. */
export const CoverEndContext = createContext<number | null>(null);

/** The screen column at which the pane's region begins. */
export const LeftContext = createContext(0);

/**
 * Returns the lines to pass to Ink for painted lines at the left edge of a region: their names, or the lines themselves
 * if there is no `StripsContext`. The names change only if `painted` is another object.
 *
 * @param covers the number of columns that the lines cover if they lie over other panes. Blanks behind each name
 * replace what Ink has there.
 */
export function useNamedLines(painted: readonly string[], covers = 0): readonly string[] {
  const strips = useContext(StripsContext);
  const coverEnd = useContext(CoverEndContext);
  const left = useContext(LeftContext);
  const cut = coverEnd === null ? null : coverEnd - left;
  const cells = useMemo(() => (strips === null ? null : painted.map(parseCells)), [strips, painted]);
  const lease = useMemo(() => cells && (strips?.lease(cells, cut) ?? null), [strips, cells, cut]);
  // React runs this after it has drawn the next frame, which has the new names.
  useEffect(() => () => lease?.release(), [lease]);
  return useMemo(() => {
    if (lease === null) return painted;
    return covers === 0 ? lease.lines : lease.lines.map((line) => line.padEnd(covers + NAME_LENGTH - 1));
  }, [lease, painted, covers]);
}
