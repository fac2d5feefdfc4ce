/** Compares the README with the program: its tables must match the program's own. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { flagsMarkdown } from "../src/commands/flags.ts";
import { TRAIN_FLAGS } from "../src/commands/train_options.ts";
import { keyTableMarkdown } from "../src/dashboard/keys/keys.ts";
import { PROJECT_ROOT } from "../src/paths.ts";

const DOCS = join(PROJECT_ROOT, "docs");
/** The README and the pages it links to. */
const README = [
  join(PROJECT_ROOT, "README.md"),
  ...[...Deno.readDirSync(DOCS)].map(({ name }) => join(DOCS, name)).sort(),
].map((path) => Deno.readTextFileSync(path)).join("\n\n");

/** Returns a table's rows without the padding that a formatter adds. */
function rows(markdown: string): string[] {
  return markdown.split("\n").filter((line) => line.startsWith("|") && !/^\|[\s|-]+$/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()).join("|"));
}

/** Returns the rows of the README's table from this row to the end of the table. */
function tableAfter(head: string): string[] {
  const lines = README.split("\n");
  const start = lines.findIndex((line) => rows(line)[0] === head);
  const length = lines.slice(start).findIndex((line) => !line.startsWith("|"));
  return rows(lines.slice(start, start + length).join("\n"));
}

for (
  const { what, table } of [{ what: "keys", table: keyTableMarkdown() }, {
    what: "flags",
    table: flagsMarkdown(TRAIN_FLAGS),
  }]
) {
  Deno.test(`the README's table of ${what} matches the program's row for row`, () => {
    const expected = rows(table);
    assert.ok(expected.length > 5);
    assert.deepEqual(tableAfter(expected[0] ?? ""), expected);
  });
}

Deno.test("the README or CONTRIBUTING names every task, and every task they name exists", () => {
  const { tasks } = z.object({ tasks: z.record(z.string(), z.unknown()) }).parse(
    JSON.parse(Deno.readTextFileSync(join(PROJECT_ROOT, "deno.json"))),
  );
  const namedIn = (text: string) => [...text.matchAll(/deno task ([a-z-]+)/g)].map(([, task = ""]) => task);
  const named = namedIn(README);
  assert.ok(named.includes("train") && named.includes("test"));
  // CONTRIBUTING.md names the tasks for those who work on Headlight.
  named.push(...namedIn(Deno.readTextFileSync(join(PROJECT_ROOT, "CONTRIBUTING.md"))));
  assert.deepEqual(named.filter((task) => !(task in tasks)), []);
  assert.deepEqual(Object.keys(tasks).filter((task) => !named.includes(task)), []);
});

Deno.test("whatever draws dashboards keeps V8's garbage small: the tasks and the installed command, with flags that V8 knows", async () => {
  const { tasks } = z.object({ tasks: z.record(z.string(), z.object({ command: z.string() })) }).parse(
    JSON.parse(Deno.readTextFileSync(join(PROJECT_ROOT, "deno.json"))),
  );
  const commands = [...["train", "watch", "lesson"].map((task) => tasks[task]?.command ?? ""), README];
  const flags = commands.map((command) => /--v8-flags=(\S+)/.exec(command)?.[1]);
  assert.equal(new Set(flags).size, 1, String(flags));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", `--v8-flags=${flags[0]}`, "0"],
  }).output();
  assert.ok(success);
  // V8 only warns of a flag that it does not know.
  assert.equal(new TextDecoder().decode(stderr), "");
});

Deno.test("every link to a file in the README, CONTRIBUTING and docs/ leads to an existing file", () => {
  const pages = ["README.md", "CONTRIBUTING.md", ...[...Deno.readDirSync(DOCS)].map(({ name }) => `docs/${name}`)];
  for (const page of pages) {
    const text = Deno.readTextFileSync(join(PROJECT_ROOT, page));
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link = ""]) =>
      join(PROJECT_ROOT, page, "..", link)
    );
    for (const link of links) assert.ok(Deno.statSync(link), `${page}: ${link}`);
  }
});
