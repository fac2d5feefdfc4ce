/** Properties of standard output that commands need before they print to it. */
import process from "node:process";
import { isUtf8Locale } from "../dashboard/drawing/glyphs.ts";

/** The number of columns of a terminal that does not report its width. */
const USUAL_COLUMNS = 80;

/** Returns the width for output that always has a layout, even in a file. */
export function columns(): number {
  return process.stdout.columns || USUAL_COLUMNS;
}

/** Returns the width at which to cut or wrap lines. Lines that go to a file or a pipe are not cut. */
export function lineWidth(): number {
  return process.stdout.isTTY ? columns() : Infinity;
}

/** Returns whether standard output can only show ASCII. */
export function isAscii(): boolean {
  return !isUtf8Locale((name) => Deno.env.get(name));
}

/** Returns the bits of the terminal's colours; 1 if there is no terminal or NO_COLOR is set. */
export function colourDepth(): number {
  return process.stdout.isTTY && !Deno.env.get("NO_COLOR") ? process.stdout.getColorDepth() : 1;
}
