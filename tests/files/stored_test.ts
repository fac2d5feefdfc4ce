import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { HeadlightError } from "../../src/errors.ts";
import { openStored, readStored, readStoredJson, readStoredText } from "../../src/files/stored.ts";
import { withTemporaryFolder } from "../support.ts";

const schema = z.object({ a: z.object({ b: z.int() }), list: z.array(z.string()) });
const GOOD = '{"a":{"b":1},"list":["x"]}';

function makePipe(path: string): void {
  assert.ok(new Deno.Command("mkfifo", { args: [path] }).outputSync().success);
}

const DAMAGES: readonly [what: string, damage: (path: string) => void, says: string][] = [
  ["is missing", () => {}, "does not exist"],
  ["is a folder", (path) => Deno.mkdirSync(path), "is a folder, not a file"],
  ["is a named pipe", makePipe, "is a named pipe, not a file"],
  ["is a link to a named pipe", (path) => {
    makePipe(`${path}.pipe`);
    Deno.symlinkSync(`${path}.pipe`, path);
  }, "is a named pipe, not a file"],
  ["is a link to itself", (path) => Deno.symlinkSync(path, path), "cannot be read (Too many levels of symbolic links)"],
  ["is empty", (path) => Deno.writeTextFileSync(path, ""), "is empty"],
  [
    "is truncated",
    (path) => Deno.writeTextFileSync(path, GOOD.slice(0, 9)),
    "is not valid JSON: it was cut off, damaged or edited",
  ],
  [
    "is not UTF-8",
    (path) => Deno.writeFileSync(path, new Uint8Array([0x22, 0xff, 0x22])),
    "is not UTF-8 text: it was damaged or edited",
  ],
  [
    "is too large",
    (path) => Deno.writeTextFileSync(path, "1".repeat(2000)),
    "is too large (2,000 bytes; the limit is 1,000)",
  ],
  [
    "is not an object",
    (path) => Deno.writeTextFileSync(path, "[]"),
    "has an unexpected form (Invalid input: expected object, received array)",
  ],
  ["lacks a key", (path) => Deno.writeTextFileSync(path, '{"a":{},"list":[]}'), 'lacks "a.b"'],
  [
    "has a key of another type",
    (path) => Deno.writeTextFileSync(path, '{"a":{"b":1},"list":["x",7]}'),
    'has an unexpected "list.1" (Invalid input: expected string, received number)',
  ],
];

for (const [what, damage, says] of DAMAGES) {
  Deno.test(`a stored JSON file that ${what} gives one line with the file, the defect and the remedy`, async () => {
    await withTemporaryFolder((folder) => {
      const path = join(folder, "file.json");
      damage(path);
      assert.throws(
        () => readStoredJson({ path, remedy: "Do this", exitStatus: 2, maxBytes: 1000 }, schema),
        (error) => {
          assert.ok(error instanceof HeadlightError);
          assert.equal(error.message, `${path} ${says}. Do this`);
          assert.equal(error.exitStatus, 2);
          return true;
        },
      );
    });
  });
}

Deno.test("an undamaged stored file is read", async () => {
  await withTemporaryFolder((folder) => {
    const file = { path: join(folder, "file.json"), remedy: "", exitStatus: 1 } as const;
    Deno.writeTextFileSync(file.path, GOOD);
    assert.deepEqual(readStoredJson(file, schema), { a: { b: 1 }, list: ["x"] });
    assert.equal(readStoredText(file), GOOD);
    assert.equal(readStored(file).length, GOOD.length);
    // As an editor leaves it behind.
    Deno.writeTextFileSync(file.path, `\ufeff${GOOD}`);
    assert.deepEqual(readStoredJson(file, schema), { a: { b: 1 }, list: ["x"] });
    Deno.writeTextFileSync(file.path, GOOD);
    using open = openStored(file);
    assert.equal(open.statSync().size, GOOD.length);
  });
});
