/** Tracks the content of the terminal's screen and computes the bytes for the next frame. */
import { writeDifference } from "./difference.ts";
import { Pen } from "./pen.ts";
import { blankRow, type NamedCells, parseRow, type Row } from "./row.ts";

const CSI = "\x1b[";
/**
 * Synchronized output: the terminal shows everything between the two at once. Terminals without support ignore them.
 */
const SYNCHRONIZED = { begin: `${CSI}?2026h`, end: `${CSI}?2026l` };
/** Resets the style, moves to the top left corner and clears the screen. */
const CLEAR_SCREEN = `${CSI}m${CSI}H${CSI}J`;

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

interface Shown {
  readonly size: ScreenSize;
  readonly pen: Pen;
  /** The lines of the frame; null where a row is not drawn to its end. */
  readonly lines: readonly (string | null)[];
  readonly rows: readonly Row[];
}

export class Screen {
  #shown: Shown | null = null;
  #isBehind = false;

  /** @param named looks up what the names in the lines stand for, see `Strips` */
  constructor(private readonly named?: NamedCells) {}

  /** Makes the next frame redraw the whole screen. */
  forget(): void {
    this.#shown = null;
  }

  /** Whether the last frame was written only in part. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /**
   * Returns the text to write for a frame, or an empty text if nothing changes. If the size has changed, the whole
   * screen is redrawn.
   *
   * @param frame lines with SGR sequences
   * @param limit the number of bytes after which no further row is started. The rows below keep their old content. Has
   * no effect if the whole screen is redrawn.
   */
  show(frame: string, size: ScreenSize, limit = Infinity): string {
    const known = this.#shown;
    const redrawn = known === null || known.size.columns !== size.columns || known.size.rows !== size.rows;
    const { pen, lines: oldLines, rows: oldRows } = redrawn ? emptyScreen(size) : known;
    const lines = frame.split("\n").slice(0, size.rows);
    while (lines.length < size.rows) lines.push("");
    const rows = lines.map((line, index) => {
      const old = oldRows[index];
      return old && line === oldLines[index] ? old : parseRow(line, size.columns, this.named);
    });
    if (!redrawn) pen.forgetPlace();
    const done = writeDifference(pen, oldRows, rows, redrawn ? Infinity : limit);
    this.#isBehind = done < rows.length;
    this.#shown = {
      size,
      pen,
      // By the time of the next frame, a name in an older line may stand for something else.
      lines: lines.map((line, index) => (index < done || line === oldLines[index] ? line : null)),
      rows: [...rows.slice(0, done), ...oldRows.slice(done)],
    };
    const written = pen.take();
    if (written === "" && !redrawn) return "";
    return SYNCHRONIZED.begin + (redrawn ? CLEAR_SCREEN : "") + written + SYNCHRONIZED.end;
  }
}

function emptyScreen(size: ScreenSize): Shown {
  const blank = blankRow(size.columns);
  const rows = Array.from({ length: size.rows }, () => blank);
  return { size, pen: new Pen(size.columns), lines: rows.map(() => ""), rows };
}
