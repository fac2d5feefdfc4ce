import assert from "node:assert/strict";
import { join } from "node:path";
import { hasShell } from "../../src/dashboard/session/suspend.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { withTemporaryFolder } from "../support.ts";
import { LESSON, terminalFaults, UNTIL_LAST_CHANCE, withDashboard } from "./dashboard.ts";
import { PseudoTerminal } from "./pseudo_terminal.ts";

const PROGRAM = join(PROJECT_ROOT, "tests/terminal/fixtures/replay_app.ts");

/** A shell with job control runs the program in the foreground. Once it is suspended, a line of input resumes it. */
const shell = (program: string) => `set -m; ${program}; echo "suspended $?"; stty -a; read line; fg; echo "left $?"`;
const ALONE = `"$0" run -A "$1" "$2"`;

/** Shows a recorded run under a shell. $0 is Deno, $1 the program, $2 its settings, $3 a deno.json with a task. */
function withShell(
  script: string,
  body: (terminal: PseudoTerminal) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    const stream = join(PROJECT_ROOT, LESSON);
    const settings = JSON.stringify({ stream, until: UNTIL_LAST_CHANCE, record: join(folder, "record") });
    const config = join(folder, "deno.json");
    const task = `${Deno.execPath()} run -A --config ${join(PROJECT_ROOT, "deno.json")} ${PROGRAM} '${settings}'`;
    Deno.writeTextFileSync(config, JSON.stringify({ tasks: { view: task } }));
    const size = { columns: 80, rows: 24, env };
    const terminal = new PseudoTerminal("/bin/sh", ["-c", script, Deno.execPath(), PROGRAM, settings, config], size);
    try {
      await body(terminal);
    } finally {
      await terminal.end();
    }
  });
}

Deno.test("ctrl-z leaves the shell a working terminal, and fg restores the whole dashboard and its keys", async () => {
  await withShell(shell(ALONE), async (terminal) => {
    await terminal.shows("epoch 25/30");
    await terminal.shows("q quit");
    const before = terminal.screen();
    terminal.write("\x1a");
    await terminal.until(() => terminal.normalScreen().includes("suspended"), "the shell to go on");
    await terminal.until(() => /icanon[\s\S]*echo/.test(terminal.normalScreen()), "stty");
    assert.deepEqual(terminalFaults(terminal), []);
    assert.match(terminal.normalScreen(), /the dashboard is suspended, the run is not; fg brings it back/);
    terminal.write("\n");
    await terminal.until(() => terminal.isAlternate, "the dashboard to come back");
    await terminal.until(() => terminal.screen()[2] === before[2] && terminal.screen()[20] === before[20], "all of it");
    terminal.write("?");
    await terminal.shows("nothing is lost");
    terminal.write("?");
    await terminal.until(() => !terminal.screen().join("").includes("nothing is lost"), "the help to close");
    terminal.write("d");
    await terminal.until(() => /left 0/.test(terminal.normalScreen()), "it to leave");
  });
});

Deno.test("ctrl-z takes the progress in the terminal's tab back, and fg shows it again", async () => {
  const none = "\x1b]9;4;0;0\x1b\\";
  const env = { WT_SESSION: "b4c6", TERM_PROGRAM: "", TMUX: "", STY: "", ZELLIJ: "", LC_TERMINAL: "" };
  await withShell(shell(ALONE), async (terminal) => {
    await terminal.until(() => terminal.output.includes("\x1b]9;4;1;"), "progress");
    await terminal.shows("q quit");
    terminal.write("\x1a");
    await terminal.until(() => terminal.normalScreen().includes("suspended"), "the shell to go on");
    const suspended = terminal.output.length;
    assert.ok(terminal.output.lastIndexOf(none) > terminal.output.lastIndexOf("\x1b]9;4;1;"));
    terminal.write("\n");
    await terminal.until(() => terminal.output.indexOf("\x1b]9;4;1;", suspended) > 0, "progress again");
    terminal.write("d");
    await terminal.until(() => /left 0/.test(terminal.normalScreen()), "it to leave");
    assert.ok(terminal.output.lastIndexOf(none) > terminal.output.lastIndexOf("\x1b]9;4;1;"));
  }, env);
});

for (const [what, columns, rows] of [["larger", 120, 32], ["smaller", 60, 16]] as const) {
  Deno.test(`fg in a terminal that became ${what} meanwhile draws the dashboard in the new size`, async () => {
    await withShell(shell(ALONE), async (terminal) => {
      await terminal.shows("epoch 25/30");
      terminal.write("\x1a");
      await terminal.until(() => terminal.normalScreen().includes("suspended 1"), "the shell to go on");
      terminal.resize(columns, rows);
      terminal.write("\n");
      await terminal.until(() => terminal.isAlternate, "the dashboard to come back");
      // The footer is the last line of a dashboard.
      await terminal.until(
        () => /\? help|q quit/.test(terminal.screen()[rows - 1] ?? ""),
        "the footer in the last row",
      );
      const width = Math.max(...terminal.screen().map((line) => line.length));
      assert.ok(width > columns - 3 && width <= columns, `${width} columns are drawn`);
      assert.equal(terminal.hasWrappedLine(), false);
      terminal.write("d");
      await terminal.until(() => /left 0/.test(terminal.normalScreen()), "it to leave");
    });
  });
}

Deno.test("a dashboard that is stopped and continued from outside draws over what others wrote meanwhile", async () => {
  await withDashboard({}, async ({ terminal, signal }) => {
    await terminal.shows("epoch 25/30");
    const [title] = terminal.screen();
    assert.match(title ?? "", /\S/);
    signal("SIGSTOP");
    await terminal.strangerWrites("\x1b[H\x1b[Jgarbage");
    signal("SIGCONT");
    await terminal.until(() => terminal.screen()[0] === title, "the whole first row");
    await terminal.shows("q quit");
    terminal.write("d");
    await terminal.until(() => /status 0/.test(terminal.normalScreen()), "it to leave");
  });
});

Deno.test("ctrl-z also stops deno task, which catches the terminal's signal", async () => {
  await withShell(shell(`"$0" task --quiet --config "$3" view`), async (terminal) => {
    await terminal.shows("epoch 25/30");
    terminal.write("\x1a");
    await terminal.until(() => terminal.normalScreen().includes("suspended 1"), "the shell to go on");
    terminal.write("\n");
    await terminal.until(() => terminal.isAlternate, "the dashboard to come back");
    await terminal.shows("epoch 25/30");
    terminal.write("d");
    await terminal.until(() => /left 0/.test(terminal.normalScreen()), "it to leave");
  });
});

Deno.test("ctrl-z without a shell to return to says so and keeps the dashboard", async () => {
  await withShell(`exec ${ALONE}`, async (terminal) => {
    await terminal.shows("epoch 25/30");
    terminal.write("\x1a");
    await terminal.shows("no shell to suspend to");
    assert.equal(terminal.isAlternate, true);
    terminal.write("d");
    assert.equal(await terminal.exited, 0);
  });
});

const CASES: readonly [string, Record<number, [parent: number, group: number, session: number]>, boolean][] = [
  ["a job of a shell", { 30: [20, 20, 10], 20: [10, 20, 10], 10: [1, 10, 10] }, true],
  ["a program that a terminal runs in place of a shell", { 30: [1, 30, 30], 1: [0, 1, 1] }, false],
  ["a child in its shell script's own group", { 30: [20, 20, 20], 20: [10, 20, 20], 10: [1, 10, 10] }, false],
  ["a system without /proc", {}, false],
];

for (const [what, processes, expected] of CASES) {
  Deno.test(`${what} ${expected ? "has" : "has no"} shell to return to`, () => {
    const find = (pid: number) => {
      const found = processes[pid];
      return found ? { parent: found[0], group: found[1], session: found[2] } : null;
    };
    assert.equal(hasShell(30, find), expected);
  });
}
