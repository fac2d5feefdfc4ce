/** The terminal's screen as it is known here, and the bytes for the next frame. */
import { writeDifference } from "./difference.ts";
import { Pen } from "./pen.ts";
import { blankRow, type NamedCells, parseRow, type Row } from "./row.ts";

const CSI = "\x1b[";
/** Synchronized output: the terminal shows all that is between them at once. Terminals that do not know it ignore it. */
const TOGETHER = { begin: `${CSI}?2026h`, end: `${CSI}?2026l` };
/** Whatever style, place and text somebody else has left. */
const ANEW = `${CSI}m${CSI}H${CSI}J`;

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

  /** @param named what the names in the lines stand for, see `Strips`. */
  constructor(private readonly named?: NamedCells) {}

  /** The next frame is drawn without regard to what is on the screen. */
  forget(): void {
    this.#shown = null;
  }

  /** Whether the last frame was not written to its end. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /**
   * Returns what to write for a frame, lines with SGR sequences; empty where nothing changes. A screen of another size is
   * drawn anew.
   *
   * @param limit bytes after which no further row is begun; the rows below stay as they are. Not for a screen that is drawn
   * anew.
   */
  show(frame: string, size: ScreenSize, limit = Infinity): string {
    const known = this.#shown;
    const anew = known === null || known.size.columns !== size.columns || known.size.rows !== size.rows;
    const { pen, lines: oldLines, rows: oldRows } = anew ? emptied(size) : known;
    const lines = frame.split("\n").slice(0, size.rows);
    while (lines.length < size.rows) lines.push("");
    const rows = lines.map((line, index) => {
      const old = oldRows[index];
      return old && line === oldLines[index] ? old : parseRow(line, size.columns, this.named);
    });
    if (!anew) pen.forgetPlace();
    const done = writeDifference(pen, oldRows, rows, anew ? Infinity : limit);
    this.#isBehind = done < rows.length;
    this.#shown = {
      size,
      pen,
      // By the time of the next frame, a name in an older line may stand for something else.
      lines: lines.map((line, index) => (index < done || line === oldLines[index] ? line : null)),
      rows: [...rows.slice(0, done), ...oldRows.slice(done)],
    };
    const written = pen.take();
    if (written === "" && !anew) return "";
    return TOGETHER.begin + (anew ? ANEW : "") + written + TOGETHER.end;
  }
}

function emptied(size: ScreenSize): Shown {
  const blank = blankRow(size.columns);
  const rows = Array.from({ length: size.rows }, () => blank);
  return { size, pen: new Pen(size.columns), lines: rows.map(() => ""), rows };
}
