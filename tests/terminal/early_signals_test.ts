/**
 * Sends signals to a viewer in a terminal from its first moment on, including the times when it has no listener yet.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { isOwned } from "../../src/run/owner/custody.ts";
import { readEvents } from "../../src/run/log/event_log.ts";
import { descendants } from "../../src/run/system/process_tree.ts";
import { signalStatus } from "../../src/stop_signals.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, eventually, headlightArgs } from "../process.ts";
import { makeRun } from "../run/made_run.ts";
import { ENDLESS, SMALL_RUN } from "../run/small_run.ts";
import { withTemporaryFolder } from "../support.ts";
import { terminalFaults } from "./dashboard.ts";
import { PseudoTerminal } from "./pseudo_terminal.ts";

await tensorflowEngine();

/** Runs a command under a shell that prints its status and the terminal's state afterwards. */
async function underShell(
  args: readonly string[],
  env: Record<string, string>,
  body: (terminal: PseudoTerminal, viewer: () => number) => Promise<void>,
): Promise<void> {
  const before = descendants(Deno.pid);
  const script = '"$0" "$@"; echo "status $?"; stty -a';
  const terminal = new PseudoTerminal("/bin/sh", ["-c", script, Deno.execPath(), ...headlightArgs(args)], {
    columns: 100,
    rows: 30,
    env,
  });
  const shell = descendants(Deno.pid).find((pid) => !before.includes(pid)) ?? 0;
  try {
    await body(terminal, () => descendants(shell)[0] ?? 0);
    await terminal.exited;
    await terminal.until(() => terminal.normalScreen().includes("icanon"), "stty's report");
    assert.deepEqual(terminalFaults(terminal), []);
  } finally {
    await terminal.end();
  }
}

for (const signal of ["SIGTERM", "SIGUSR2"] as const) {
  Deno.test(`${signal} in the first half second of train in a terminal leaves an ended run and a working terminal`, async () => {
    // Milliseconds after the run's folder exists, which is when the dashboard is loaded. null: at the start of the
    // process.
    for (const ms of [null, 0, 50, 100, 200, 300]) {
      await withTemporaryFolder(async (folder) => {
        const runs = join(folder, "runs");
        await underShell(
          ["train", ...SMALL_RUN, ...ENDLESS, "--runs", runs],
          emptyFeatureCache(folder),
          async (terminal, viewer) => {
            await eventually("the viewer's process", () => viewer() > 0, 20_000);
            if (ms !== null) await eventually("the run's folder", () => listRuns(runs).length > 0, 20_000);
            await new Promise((resolve) => setTimeout(resolve, ms ?? 0));
            Deno.kill(viewer(), signal);
            await terminal.exited;
            assert.match(terminal.normalScreen(), new RegExp(`status ${signalStatus(signal)}\\b`));
            const [run] = listRuns(runs);
            assert.equal(run === undefined, ms === null);
            if (!run) return;
            const end = readEvents(run.events).at(-1);
            assert.deepEqual([ms, end?.type === "end" && end.reason], [ms, "interrupted"]);
            await eventually("its trainer is gone", () => !isOwned(run), 20_000);
          },
        );
      });
    }
  });
}

Deno.test("a signal while a run is chosen from the list ends the chooser and restores the terminal", async () => {
  for (const signal of ["SIGTERM", "SIGQUIT", "SIGUSR2", "SIGHUP", "SIGXCPU", "SIGALRM"] as const) {
    await withTemporaryFolder(async (folder) => {
      for (const id of ["20261101-000000-a", "20261102-000000-b"]) makeRun(join(folder, id));
      await underShell(["watch", "--runs", folder], {}, async (terminal, viewer) => {
        await terminal.shows("Which run?");
        Deno.kill(viewer(), signal);
      });
    });
  }
});
