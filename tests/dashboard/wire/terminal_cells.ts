/** Reads a terminal cell by cell, without a screen. */
import xterm from "@xterm/headless";
import type { ScreenSize } from "../../../src/dashboard/wire/screen.ts";

export type Terminal = InstanceType<typeof xterm.Terminal>;

export function newTerminal({ columns, rows }: ScreenSize): Terminal {
  return new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 });
}

export function written(terminal: Terminal, text: string): Promise<void> {
  return new Promise((resolve) => terminal.write(text, resolve));
}

interface Cell {
  readonly text: string;
  readonly width: number;
  readonly colour: string;
  readonly ground: string;
  readonly marks: string;
}

export function cellsOf(terminal: Terminal): Cell[][] {
  const buffer = terminal.buffer.active;
  return Array.from({ length: terminal.rows }, (_, row) => {
    const line = buffer.getLine(buffer.viewportY + row);
    return Array.from({ length: terminal.cols }, (_, column): Cell => {
      const cell = line?.getCell(column);
      if (!cell) throw new RangeError(`no cell at ${column}`);
      const marks = [
        cell.isBold() ? "bold" : "",
        cell.isDim() ? "dim" : "",
        cell.isItalic() ? "italic" : "",
        cell.isUnderline() ? "underline" : "",
        cell.isInverse() ? "inverse" : "",
        cell.isStrikethrough() ? "strike" : "",
      ];
      return {
        text: cell.getWidth() === 0 ? "" : cell.getChars() || " ",
        width: cell.getWidth(),
        colour: `${cell.getFgColorMode()} ${cell.getFgColor()}`,
        ground: `${cell.getBgColorMode()} ${cell.getBgColor()}`,
        marks: marks.filter((mark) => mark !== "").join(" "),
      };
    });
  });
}

/** Returns one string per row. Of spaces it keeps only what is visible: background, underline and strikethrough. */
export function blanked(rows: readonly (readonly Cell[])[]): string[] {
  return rows.map((row) =>
    row.map(({ text, width, colour, ground, marks }) => {
      const seen = text === " "
        ? marks.split(" ").filter((mark) => /underline|inverse|strike/.test(mark)).join(" ")
        : marks;
      return [text, width, text === " " && seen === "" ? "" : colour, ground, seen].join(" ");
    }).join("|")
  );
}
