import assert from "node:assert/strict";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { Screen, type ScreenSize } from "../../../src/dashboard/wire/screen.ts";
import { stringWidth } from "../../../src/dashboard/text/width.ts";
import { stream } from "../../../src/training/random.ts";
import { blanked, cellsOf, newTerminal, written } from "./terminal_cells.ts";

type Random = ReturnType<typeof stream>;

const pick = <T>(random: Random, list: readonly T[]): T => {
  const index = uniformInt(random, 0, list.length - 1);
  const found = list[index];
  if (found === undefined) throw new RangeError("nothing to choose from");
  return found;
};

const STYLES = [
  ...["1", "2", "3", "4", "7", "9", "1;2", "31", "92", "38;5;200", "38;2;9;8;7", "44", "103", "48;5;20"],
  ...["48;2;1;2;3", "38;2;5;5;5;48;5;9", "1;31", "2;4;36", "7;41", "0", "", "22", "39", "49", "24", "27", "22;39"],
];
const ASCII = "abc XYZ 0123456789   .-|".split("");
const DRAWN = "─━│█░⣿⡇▀▄◆·×→…".split("");
/** Terminals agree about the width of these. */
const WIDE = "日本語界한글あア（".split("");
/** Terminals disagree about the width of these. */
const UNSURE = ["é", "👍", "👩‍👩‍👧", "🇩🇪", "☺️", "n̈", "✅", "ก็", "ﬀ", "⚠"];

/** Characters and styles: a line of a frame. */
type Line = readonly string[];

function randomLine(random: Random, columns: number, characters: readonly string[]): Line {
  const line: string[] = [];
  let room = columns;
  const pieces = uniformInt(random, 0, 6);
  for (let piece = 0; piece < pieces; piece++) {
    line.push(`\x1b[${pick(random, STYLES)}m`);
    const length = uniformInt(random, 0, Math.ceil(columns / 3));
    const text = uniformInt(random, 0, 3) === 0 ? [pick(random, characters)] : characters;
    for (let index = 0; index < length; index++) {
      const character = pick(random, text);
      room -= stringWidth(character);
      if (room < 0) return line;
      line.push(character);
    }
  }
  return line;
}

/** Returns a frame in which some lines are unchanged, some differ in the middle, some have moved, and some are new. */
function nextFrame(random: Random, before: readonly Line[], size: ScreenSize, characters: readonly string[]): Line[] {
  return Array.from({ length: size.rows }, (_, row) => {
    const [old = [], above = []] = [before[row], before[row - 1]];
    switch (uniformInt(random, 0, 5)) {
      case 0:
      case 1:
        return old;
      case 2:
        return old.map((piece) => (/^\d$/.test(piece) ? String(uniformInt(random, 0, 9)) : piece));
      case 3: {
        const styled = old.map((piece) => (piece.startsWith("\x1b") ? `\x1b[${pick(random, STYLES)}m` : piece));
        return styled.slice(0, uniformInt(random, 0, 2 * old.length));
      }
      case 4:
        return above;
      default:
        return randomLine(random, size.columns, characters);
    }
  });
}

/** Returns the bytes that draw a frame on an empty terminal, with which the difference is compared. */
type Anew = (lines: readonly string[], size: ScreenSize) => string;

const asItIs: Anew = (lines) => lines.map((line, row) => `\x1b[${row + 1}H\x1b[m\x1b[?7l${line}`).join("");
const byItself: Anew = (lines, size) => new Screen().show(lines.join("\n"), size);

/** Draws `frames` frames and compares the terminal with one on which each was drawn on an empty screen. */
async function drawAll(
  random: Random,
  size: ScreenSize,
  frames: number,
  characters: readonly string[],
  anew: Anew,
): Promise<void> {
  const terminal = newTerminal(size);
  const screen = new Screen();
  let frameLines: Line[] = [];
  for (let frame = 0; frame < frames; frame++) {
    frameLines = nextFrame(random, frameLines, size, characters);
    const lines = frameLines.map((line) => line.join(""));
    const bytes = screen.show(lines.join("\n"), size);
    await written(terminal, bytes);
    const fresh = newTerminal(size);
    await written(fresh, anew(lines, size));
    const wanted = blanked(cellsOf(fresh));
    for (const [row, got] of blanked(cellsOf(terminal)).entries()) {
      if (got === wanted[row]) continue;
      const what = `row ${row} of frame ${frame} at ${size.columns}×${size.rows}`;
      assert.fail(`${what}\n${got}\n${wanted[row]}\n${JSON.stringify(lines[row])}\n${JSON.stringify(bytes)}`);
    }
    fresh.dispose();
  }
  terminal.dispose();
}

const SIZES = [
  ...[{ columns: 80, rows: 24, frames: 100 }, { columns: 133, rows: 5, frames: 150 }],
  ...[{ columns: 40, rows: 12, frames: 150 }, { columns: 20, rows: 6, frames: 500 }],
  ...[{ columns: 7, rows: 3, frames: 800 }, { columns: 2, rows: 2, frames: 800 }, { columns: 1, rows: 1, frames: 300 }],
];

Deno.test("the difference turns the old screen into the new one, for thousands of frames of every size", async () => {
  const random = stream(1, "wire");
  const characters = [...ASCII, ...ASCII, ...DRAWN, ...WIDE];
  for (const { frames, ...size } of SIZES) await drawAll(random, size, frames, characters, asItIs);
});

Deno.test("where terminals disagree about a width, the difference gives the same result as drawing on an empty screen", async () => {
  const random = stream(2, "wire");
  const characters = [...ASCII, ...ASCII, ...WIDE, ...UNSURE];
  for (const { frames, ...size } of SIZES) await drawAll(random, size, frames, characters, byItself);
});

const SMALL: ScreenSize = { columns: 12, rows: 3 };

/** Returns what is written for `after` when `before` is on the screen, without the synchronized-output marks. */
function difference(before: string, after: string, size = SMALL): string {
  const screen = new Screen();
  screen.show(before, size);
  return screen.show(after, size).replace("\x1b[?2026h", "").replace("\x1b[?2026l", "");
}

const CASES: readonly [what: string, before: string, after: string, written: string][] = [
  ["nothing for the same frame", "abc", "abc", ""],
  ["nothing for blanks in another colour", "a \x1b[31m \x1b[39mb", "a  b", ""],
  ["one figure", "epoch 12", "epoch 13", "\x1b[;8H3"],
  ["a short gap instead of moving the cursor", "1 2 3", "4 2 5", "\x1b[H4 2 5"],
  ["an erase for a long end", "abcdefgh", "ab", "\x1b[;3H\x1b[K"],
  ["a colour only where it changes", "\x1b[31mab\x1b[39mc", "\x1b[31mab\x1b[32mc", "\x1b[;3H\x1b[32mc"],
  ["the whole of a wide character", "日本", "日語", "\x1b[;3H語"],
  ["the second cell of a wide character that disappears", "日b", "a b", "\x1b[Ha "],
  ["no more lines than the screen has", "", "a\nb\nc\nd\ne", "\x1b[Ha\r\nb\r\nc"],
  ["half a wide character as a blank", "", `${"a".repeat(11)}日`, `\x1b[H${"a".repeat(11)}`],
  ["no control sequences but styles", "", "a\x1b[2Jb\x1b]0;title\x07c\x07d", "\x1b[Habcd"],
];

for (const [what, before, after, expected] of CASES) {
  Deno.test(`a frame writes ${what}`, () => assert.equal(difference(before, after), expected));
}

Deno.test("a frame after a resize or a reset of the screen moves home and draws everything", () => {
  const screen = new Screen();
  screen.show("abc", SMALL);
  const whole = "\x1b[?2026h\x1b[m\x1b[H\x1b[Jabc\x1b[?2026l";
  assert.equal(screen.show("abc", { columns: 10, rows: 3 }), whole);
  assert.equal(screen.show("abc", { columns: 10, rows: 3 }), "");
  screen.forget();
  assert.equal(screen.show("abc", { columns: 10, rows: 3 }), whole);
});
