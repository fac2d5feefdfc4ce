import assert from "node:assert/strict";
import { screenStdout } from "../../components/screen_stdout.ts";

const COLUMNS = 120;

/** A frame of more bytes than the limit of a second, in which no cell is like that of another letter's frame. */
function frame(letters: string, rows: number): string {
  const line = (row: number) =>
    Array.from({ length: COLUMNS }, (_, column) => letters[(row * 7 + column * 3) % letters.length]).join("");
  return Array.from({ length: rows }, (_, row) => line(row)).join("\n");
}

Deno.test("after a resize both frames that Ink draws are written whole at once, and only later ones wait for the limit", () => {
  const written: string[] = [];
  const stream = {
    columns: COLUMNS,
    rows: 80,
    write(chunk: string) {
      written.push(chunk);
      return true;
    },
  };
  const screen = screenStdout(stream as unknown as NodeJS.WriteStream);
  // A count of the frame's own letters, which no escape sequence contains.
  const shown = (letters: string) =>
    [...(written.at(-1) ?? "")].filter((character) => letters.includes(character)).length;
  // The clock stands still between the frames, however long a busy machine takes to draw them.
  const now = performance.now;
  let clockMs = 1000;
  performance.now = () => clockMs;
  try {
    screen.stdout.write("\x1b[?1049h");
    screen.hurry();
    screen.stdout.write(frame("αβγδε", 80));
    assert.equal(shown("αβγδε"), COLUMNS * 80);
    stream.rows = 70;
    clockMs += 50;
    screen.stdout.write(frame("ζηθικ", 70));
    assert.equal(shown("ζηθικ"), COLUMNS * 70, "the old layout in the new size");
    clockMs += 50;
    screen.stdout.write(frame("λμνξο", 70));
    assert.equal(shown("λμνξο"), COLUMNS * 70, "the new layout");
    clockMs += 400;
    screen.stdout.write(frame("πρστυ", 70));
    assert.ok(shown("πρστυ") < COLUMNS * 70, "nobody waits for this one");
    screen.stdout.write("\x1b[?1049l");
  } finally {
    performance.now = now;
  }
});
