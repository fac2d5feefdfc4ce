/** The README says what the program does: its tables are those of the program. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { trainFlagsMarkdown } from "../src/commands/train_options.ts";
import { keyTableMarkdown } from "../src/dashboard/keys.ts";
import { PROJECT_ROOT } from "../src/paths.ts";

const README = Deno.readTextFileSync(join(PROJECT_ROOT, "README.md"));

/** A table's rows without the padding that a formatter gives them. */
function rows(markdown: string): string[] {
  return markdown.split("\n").filter((line) => line.startsWith("|") && !/^\|[\s|-]+$/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()).join("|"));
}

for (
  const { what, table } of [{ what: "keys", table: keyTableMarkdown() }, { what: "flags", table: trainFlagsMarkdown() }]
) {
  Deno.test(`the README's table of ${what} is the program's`, () => {
    const found = new Set(rows(README));
    assert.ok(rows(table).length > 5);
    assert.deepEqual(rows(table).filter((row) => !found.has(row)), []);
  });
}

Deno.test("every task that the README names exists", () => {
  const { tasks } = z.object({ tasks: z.record(z.string(), z.unknown()) }).parse(
    JSON.parse(Deno.readTextFileSync(join(PROJECT_ROOT, "deno.json"))),
  );
  const named = [...README.matchAll(/deno task ([a-z]+)/g)].map(([, task = ""]) => task);
  assert.ok(named.includes("train") && named.includes("test"));
  assert.deepEqual(named.filter((task) => !(task in tasks)), []);
});
