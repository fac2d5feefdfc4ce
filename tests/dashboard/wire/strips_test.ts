import assert from "node:assert/strict";
import { stringWidth } from "../../../src/dashboard/text/width.ts";
import { parseCells, parseRow } from "../../../src/dashboard/wire/row.ts";
import { Screen } from "../../../src/dashboard/wire/screen.ts";
import { Strips } from "../../../src/dashboard/wire/strips.ts";

/** Leases a name for one line. */
function lease(strips: Strips, line: string, cut: number | null = null) {
  const { lines: [name = ""], release } = strips.lease([parseCells(line)], cut);
  return { name, release };
}

const RED = "\x1b[31m⣿⠁\x1b[39m─";

/** Returns the text of the row that Ink's line becomes, without trailing spaces. */
function textOf(line: string, strips: Strips, columns = 40): string {
  return parseRow(line, columns, strips).texts.join("").trimEnd();
}

Deno.test("a painted line passes through Ink as one character and is drawn unchanged", () => {
  const strips = new Strips();
  const { name } = lease(strips, RED);
  assert.equal(stringWidth(name), 1);
  assert.deepEqual(parseRow(`a${name}  b`, 8, strips), parseRow(`a${RED}b`, 8));
  assert.deepEqual(parseRow(name, 8, strips), parseRow(RED, 8), "Ink drops the blanks at the end of a line");
});

Deno.test("an empty line gets no name", () => {
  assert.deepEqual(["", "\x1b[31m\x1b[39m"].map((line) => lease(new Strips(), line, 2).name), ["", ""]);
});

Deno.test("text over a painted line is visible, and its blanks hide what is below them", () => {
  const strips = new Strips();
  const { name } = lease(strips, "0123456789");
  assert.equal(textOf(`${name}  │  │    `, strips), "012│  │", "what is right of the cover has lost its name");
  const { name: cover } = lease(strips, "  x ");
  assert.equal(textOf(`${name}  ${cover}      `, strips, 10), "012  x", "a blank of the cover is not seen through");
});

Deno.test("a line cut at the end of a cover continues behind the cover", () => {
  const strips = new Strips();
  const { name } = lease(strips, "0123456789", 6);
  assert.equal(textOf(name, strips), "0123456789");
  assert.equal(textOf(`${[...name][0]}  │x│${[...name].at(-1)}`, strips), "012│x│6789");
});

Deno.test("a wide character that is half covered becomes a space", () => {
  const strips = new Strips();
  const { name } = lease(strips, "日本語");
  assert.equal(textOf(`${name}  │`, strips), "日 │");
  const { name: cut } = lease(strips, "日本語", 3);
  assert.equal(textOf(cut, strips), "日  語");
});

Deno.test("marks and emoji in a painted line make its row unsure, and the text beside it stays complete", () => {
  const strips = new Strips();
  const { name } = lease(strips, "👍ok");
  const row = parseRow(`né${name}   界`, 12, strips);
  assert.equal(row.unsure, true);
  assert.equal(row.texts.join(""), "né👍ok界    ");
});

Deno.test("a private-use character that is not a name is left as it is", () => {
  const strips = new Strips();
  assert.equal(textOf("a\u{10abcd}b", strips), "a\u{10abcd}b");
  const { name, release } = lease(strips, "gone");
  release();
  assert.equal(textOf(name, strips), name);
});

Deno.test("released names are reused, and those still shown keep their lines", () => {
  const strips = new Strips();
  const { name: kept } = lease(strips, "kept");
  for (let frame = 0; frame < 100_000; frame++) {
    const { name, release } = lease(strips, `frame ${frame}`);
    if (frame % 10_000 === 0) assert.equal(textOf(name, strips), `frame ${frame}`);
    release();
  }
  assert.equal(textOf(kept, strips), "kept");
});

Deno.test("a row that did not fit the budget is drawn later, although its name stands for another line by then", () => {
  const strips = new Strips();
  const screen = new Screen(strips);
  const size = { columns: 10, rows: 2 };
  screen.show("\n", size);
  const first = lease(strips, "one");
  const frame = `x\n${first.name}`;
  assert.doesNotMatch(screen.show(frame, size, 1), /one/);
  first.release();
  const second = lease(strips, "two");
  assert.equal(second.name, first.name);
  assert.match(screen.show(`x\n${second.name}`, size), /two/);
});
