/** What commands have to know of standard output before they print to it. */
import process from "node:process";
import { isUtf8Locale } from "../dashboard/drawing/glyphs.ts";

/** Columns of a terminal that does not say how wide it is. */
const USUAL_COLUMNS = 80;

/** Returns the width for output that is laid out in any case, also where it goes into a file. */
export function columns(): number {
  return process.stdout.columns || USUAL_COLUMNS;
}

/** Returns the width to cut or wrap lines at. Lines that go into a file or a pipe stay whole. */
export function lineWidth(): number {
  return process.stdout.isTTY ? columns() : Infinity;
}

/** Whether only ASCII can be shown. */
export function isAscii(): boolean {
  return !isUtf8Locale((name) => Deno.env.get(name));
}
