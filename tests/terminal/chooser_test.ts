import assert from "node:assert/strict";
import { join } from "node:path";
import { headlightArgs } from "../process.ts";
import { makeRun } from "../run/made_run.ts";
import { withTemporaryFolder } from "../support.ts";
import { PseudoTerminal } from "./pseudo_terminal.ts";

const IDS = ["20261101-000000-squeezenet11-demo", "20261102-000000-densenet121-demo", "20261103-000000-other"];

/** Starts `watch` on some finished runs without naming one. */
function withWatch(runs: number, body: (terminal: PseudoTerminal) => Promise<void>): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    for (const id of IDS.slice(0, runs)) makeRun(join(folder, id));
    const args = headlightArgs(["watch", "--runs", folder]);
    const terminal = new PseudoTerminal(Deno.execPath(), args, { columns: 80, rows: 24 });
    try {
      await body(terminal);
    } finally {
      await terminal.end();
    }
  });
}

Deno.test("watch without a run lets a person choose one and shows it", async () => {
  await withWatch(3, async (terminal) => {
    await terminal.shows("Which run?  1 of 3");
    await terminal.shows("» 20261103");
    terminal.write("\x1b[B");
    await terminal.shows("» 20261102");
    terminal.resize(60, 20);
    await terminal.shows("» 20261102");
    assert.equal(terminal.hasWrappedLine(), false);
    terminal.write("\r");
    await terminal.shows("20261102-000000-densenet121-demo");
    await terminal.shows("? help");
    terminal.write("q");
    assert.equal(await terminal.exited, 0);
    await terminal.until(() => !terminal.isAlternate, "the normal screen");
  });
});

Deno.test("leaving the chooser shows no run and restores the terminal", async () => {
  for (const key of ["q", "\x03"]) {
    await withWatch(2, async (terminal) => {
      await terminal.shows("Which run?");
      terminal.write(key);
      assert.equal(await terminal.exited, 0);
      // The last output may still be on its way to the screen when the process has exited.
      await terminal.until(() => !terminal.isAlternate, "the normal screen");
      assert.deepEqual([terminal.isCursorShown, terminal.isBracketedPaste], [true, false]);
    });
  }
});

Deno.test("if there is a single run, watch shows it without asking", async () => {
  await withWatch(1, async (terminal) => {
    await terminal.shows("20261101-000000-squeezenet11-demo");
    await terminal.shows("? help");
    assert.doesNotMatch(terminal.output, /Which run/);
    terminal.write("q");
    assert.equal(await terminal.exited, 0);
  });
});

Deno.test("watch of two runs draws both in the same charts", async () => {
  await withTemporaryFolder(async (folder) => {
    for (const id of IDS) makeRun(join(folder, id));
    const args = headlightArgs(["watch", IDS[0] ?? "", IDS[1] ?? "", "--runs", folder]);
    const terminal = new PseudoTerminal(Deno.execPath(), args, { columns: 120, rows: 40 });
    try {
      await terminal.shows(/B is 20261102-000000-densenet121-demo/);
      await terminal.shows(/━ val \S+ {2}B 0\.\d/);
      assert.equal(terminal.hasWrappedLine(), false);
      terminal.write("q");
      assert.equal(await terminal.exited, 0);
    } finally {
      await terminal.end();
    }
  });
});
