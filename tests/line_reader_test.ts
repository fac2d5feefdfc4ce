import assert from "node:assert/strict";
import { LineReader } from "../src/line_reader.ts";

/** Returns the lines that a reader finds in these chunks, with null for a line that is too long. */
function read(chunks: readonly Uint8Array[], maxBytes = 100): (string | null)[] {
  const found: (string | null)[] = [];
  const reader = new LineReader({
    maxBytes,
    onLine: (line) => found.push(line),
    onTooLong: () => found.push(null),
  });
  for (const chunk of chunks) reader.push(chunk);
  return found;
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("lines are read whole wherever the chunks are cut, even inside a character", () => {
  const text = bytes('one\n\nzwei — 三\n{"a":1}\nno end');
  const lines = ["one", "", "zwei — 三", '{"a":1}'];
  for (let cut = 0; cut <= text.length; cut++) {
    assert.deepEqual(read([text.subarray(0, cut), text.subarray(cut)]), lines, `cut at ${cut}`);
  }
  assert.deepEqual(read([...text].map((byte) => Uint8Array.of(byte))), lines);
});

Deno.test("a line of exactly the maximum length is read; a longer one is reported once and skipped", () => {
  assert.deepEqual(read([bytes("12345\n123456\nok\n")], 5), ["12345", null, "ok"]);
  assert.deepEqual(read(Array.from("1234567890\nok\n", bytes), 5), [null, "ok"]);
});

Deno.test("reusing a chunk's memory does not change lines that were read from it", () => {
  const buffer = bytes("abc");
  const found: string[] = [];
  const reader = new LineReader({ maxBytes: 100, onLine: (line) => found.push(line), onTooLong: () => {} });
  reader.push(buffer);
  buffer.fill(0x78);
  reader.push(bytes("\n"));
  assert.deepEqual(found, ["abc"]);
});

Deno.test("a reader that is closed by its own listener passes on no further lines of the same chunk", () => {
  const found: string[] = [];
  const reader: LineReader = new LineReader({
    maxBytes: 100,
    onLine: (line) => {
      found.push(line);
      reader.close();
    },
    onTooLong: () => assert.fail("no line is too long"),
  });
  reader.push(bytes("one\ntwo\nthree\n"));
  reader.push(bytes("four\n"));
  assert.deepEqual(found, ["one"]);
});

Deno.test("reading time grows linearly with the bytes of a line, not quadratically", () => {
  const chunk = new Uint8Array(65_536).fill(0x78);
  const ms = (megabytes: number) => {
    const reader = new LineReader({ maxBytes: Infinity, onLine: () => {}, onTooLong: () => {} });
    const startedMs = performance.now();
    for (let sent = 0; sent < megabytes * 16; sent++) reader.push(chunk);
    reader.push(Uint8Array.of(10));
    return performance.now() - startedMs;
  };
  ms(2);
  const short = Math.max(ms(2), ms(2), ms(2));
  const long = Math.min(ms(64), ms(64), ms(64));
  assert.ok(long < 250 * short, `${short} ms for 2 MB, ${long} ms for 64 MB`);
});
