import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { headlightArgs } from "../process.ts";
import { makeRun } from "../run/made_run.ts";
import { withTemporaryFolder } from "../support.ts";
import { PseudoTerminal } from "./pseudo_terminal.ts";

const IDS = [
  "20261101-000000-densenet121-dollarstreet",
  "20261102-000000-squeezenet11-my-images",
  "20261103-000000-x",
];

interface Shown {
  readonly terminal: PseudoTerminal;
  readonly runs: string;
}

/** Runs a command on three runs, the last of them broken, in a pseudo-terminal. */
function withCommand(
  args: readonly string[],
  { columns = 80, env = {} }: { columns?: number; env?: Record<string, string> },
  body: (shown: Shown) => Promise<void>,
): Promise<void> {
  return withTemporaryFolder(async (runs) => {
    for (const id of IDS) makeRun(join(runs, id), { dataName: "dollarstreet" });
    Deno.removeSync(join(runs, IDS[2] ?? "", "events.jsonl"));
    const terminal = new PseudoTerminal(Deno.execPath(), [...headlightArgs([...args, "--runs", runs])], {
      columns,
      rows: 24,
      env: { NO_COLOR: "", COLORTERM: "truecolor", ...env },
    });
    try {
      await body({ terminal, runs });
    } finally {
      await terminal.end();
    }
  });
}

for (const columns of [40, 60, 80, 200]) {
  Deno.test(`the list of runs fits a terminal of ${columns} columns: nothing wraps, every run is one line`, () =>
    withCommand(["runs"], { columns }, async ({ terminal }) => {
      assert.equal(await terminal.exited, 0);
      await terminal.shows(/3 runs, /);
      assert.equal(terminal.hasWrappedLine(), false, terminal.screen().join("\n"));
      const lines = terminal.screen().filter((line) =>
        /^2026110\d-000000.* (finished|broken)( +\S+ kB)? *$/.test(line)
      );
      assert.equal(lines.length, 3, terminal.screen().join("\n"));
    }));
}

Deno.test("the list of runs has colours in a terminal, and none with NO_COLOR or in a dumb one", async () => {
  const escapes = (env: Record<string, string>) => {
    let found = "";
    return withCommand(["runs"], { env }, async ({ terminal }) => {
      await terminal.exited;
      await terminal.shows(/3 runs, /);
      found = terminal.output;
    }).then(() => found.includes("\x1b["));
  };
  assert.equal(await escapes({}), true);
  assert.equal(await escapes({ NO_COLOR: "1" }), false);
  assert.equal(await escapes({ TERM: "dumb" }), false);
});

for (
  const [answer, goes] of [["y", true], ["yes", true], ["Y", true], ["", false], ["n", false], ["yess", false], [
    "\x04",
    false,
  ]] as const
) {
  const what = JSON.stringify(answer);
  Deno.test(`runs rm asks once, with sizes, and the answer ${what} ${goes ? "removes" : "removes nothing"}`, () =>
    withCommand(["runs", "rm", "20261101", "20261103"], {}, async ({ terminal, runs }) => {
      await terminal.shows(
        /^20261101-000000-densenet121-dollarstreet {2}[\d.]+ kB\n20261103-000000-x {2}[\d.]+ kB\nPermanently remove these 2 runs \([\d.]+ kB\)\? y\/N/,
      );
      assert.ok(existsSync(join(runs, IDS[0] ?? "")));
      terminal.write(answer === "\x04" ? answer : `${answer}\r`);
      assert.equal(await terminal.exited, 0);
      const left = [...Deno.readDirSync(runs)].map(({ name }) => name).sort();
      assert.deepEqual(left, goes ? [IDS[1]] : IDS);
      await terminal.shows(goes ? /^removed 20261103-000000-x/m : /^nothing was removed/m);
    }));
}

Deno.test("ctrl-c at the question of runs rm removes nothing", () =>
  withCommand(["runs", "rm", "20261101"], {}, async ({ terminal, runs }) => {
    await terminal.shows(/y\/N/);
    terminal.write("\x03");
    await terminal.exited;
    assert.equal([...Deno.readDirSync(runs)].length, 3);
  }));
