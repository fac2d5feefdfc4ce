import assert from "node:assert/strict";
import xterm from "@xterm/headless";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { collapseStyles } from "../../../src/dashboard/drawing/collapse_styles.ts";
import { stream } from "../../../src/training/random.ts";

const CASES: readonly [what: string, from: string, to: string][] = [
  ["one alone stays as it is", "\x1b[31ma", "\x1b[31ma"],
  ["of two colours the last counts", "\x1b[31m\x1b[38;2;1;2;3mx", "\x1b[38;2;1;2;3mx"],
  ["text and ground are one sequence", "\x1b[38;2;1;2;3m\x1b[48;5;7mx", "\x1b[38;2;1;2;3;48;5;7mx"],
  ["what is turned on and off is off", "\x1b[1m\x1b[22mx", "\x1b[22mx"],
  ["bold and dim are both on", "\x1b[1m\x1b[2mx", "\x1b[1;2mx"],
  ["bold again after dim off is bold", "\x1b[2m\x1b[22m\x1b[1mx", "\x1b[22;1mx"],
  ["a reset makes what was before it forgotten", "\x1b[1m\x1b[31m\x1b[m\x1b[4mx", "\x1b[0;4mx"],
  ["text between them keeps them apart", "\x1b[31ma\x1b[39m\x1b[32mb", "\x1b[31ma\x1b[32mb"],
  ["a style that is not known stays with its neighbours", "\x1b[31m\x1b[53mx", "\x1b[31m\x1b[53mx"],
  ["movements are not styles", "\x1b[3G\x1b[K\x1b[31m\x1b[39mx", "\x1b[3G\x1b[K\x1b[39mx"],
];

for (const [what, from, to] of CASES) {
  Deno.test(`fewer styles: ${what}`, () => assert.equal(collapseStyles(from), to));
}

const PIECES = [
  ...["0", "", "1", "2", "3", "4", "7", "9", "22", "23", "24", "27", "29", "31", "39", "44", "49", "92", "103"],
  ...["38;5;200", "48;5;20", "38;2;9;8;7", "48;2;1;2;3", "1;31", "38;2;5;5;5;48;5;9", "22;39"],
];

Deno.test("a terminal shows the same with fewer styles, in ten thousand made-up sequences", async () => {
  const random = stream(1, "styles");
  let text = "";
  for (let index = 0; index < 10_000; index++) {
    const count = uniformInt(random, 1, 6);
    for (let piece = 0; piece < count; piece++) {
      text += `\x1b[${PIECES[uniformInt(random, 0, PIECES.length - 1)] ?? ""}m`;
    }
    text += "x";
  }
  const collapsed = collapseStyles(text);
  assert.ok(collapsed.length < text.length * 0.8, `${collapsed.length} of ${text.length}`);
  assert.deepEqual(await cellsOf(collapsed), await cellsOf(text));
});

/** What each cell of a terminal looks like after a text of 10,000 characters. */
async function cellsOf(text: string): Promise<unknown[]> {
  const terminal = new xterm.Terminal({ cols: 100, rows: 100, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const cells = Array.from({ length: 10_000 }, (_, index) => {
    const cell = terminal.buffer.active.getLine(Math.floor(index / 100))?.getCell(index % 100);
    if (!cell) return null;
    const colours = [cell.getFgColorMode(), cell.getFgColor(), cell.getBgColorMode(), cell.getBgColor()];
    const marks = [
      cell.isBold(),
      cell.isDim(),
      cell.isItalic(),
      cell.isUnderline(),
      cell.isInverse(),
      cell.isStrikethrough(),
    ];
    return [cell.getChars(), ...colours, ...marks].join(" ");
  });
  terminal.dispose();
  return cells;
}
