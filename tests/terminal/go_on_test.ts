/** A run that goes on, by key and by command, in a real pseudo-terminal with real trainers. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { RunDirectory } from "../../src/run/folder/directory.ts";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { readEvents } from "../../src/run/log/event_log.ts";
import { readHistory } from "../../src/run/log/history_file.ts";
import { readOverview } from "../../src/run/overview/read_overview.ts";
import { custodyOf, isOwned } from "../../src/run/owner/custody.ts";
import { runStateOf } from "../../src/run_state/run_state.ts";
import { epochsIn } from "../../src/training/history.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, eventually, headlight, headlightArgs } from "../process.ts";
import { withPlace } from "../commands/waiting_place.ts";
import { makeRun } from "../run/made_run.ts";
import { folderHashes } from "../run/resume/folder_hashes.ts";
import { ENDLESS, SMALL_RUN } from "../run/small_run.ts";
import { withTemporaryFolder } from "../support.ts";
import { PseudoTerminal } from "./pseudo_terminal.ts";

await tensorflowEngine();

const CTRL_C = "\x03";

interface Place {
  readonly runs: string;
  /** Returns the newest run. */
  run(): RunDirectory;
  /** Runs a command without a terminal. */
  plain(...args: string[]): ReturnType<typeof headlight>;
  /** Shows a command in a pseudo-terminal. */
  shown(args: readonly string[], body: (terminal: PseudoTerminal) => Promise<void>, columns?: number): Promise<void>;
}

async function withRuns(body: (place: Place) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const env = emptyFeatureCache(folder);
    const run = () => {
      const [newest] = listRuns(runs);
      assert.ok(newest, "no run directory");
      return newest;
    };
    const plain = (...args: string[]) => headlight([...args, "--runs", runs], { env });
    try {
      await body({
        ...{ runs, run, plain },
        shown: async (args, look, columns = 80) => {
          const all = headlightArgs([...args, "--runs", runs]);
          const terminal = new PseudoTerminal(Deno.execPath(), [...all], { columns, rows: 24, env });
          try {
            await look(terminal);
          } finally {
            await terminal.end();
          }
        },
      });
    } finally {
      for (const left of listRuns(runs).filter(isOwned)) await plain("stop", left.id);
    }
  });
}

/** Asserts that the log has every epoch once, after the events of earlier sessions that no longer hold are left out. */
function assertEveryEpochOnce(run: RunDirectory): void {
  const { epochs, end } = runStateOf(readEvents(run.events));
  assert.deepEqual([...epochs].map(({ epoch }) => epoch), Array.from(epochs, (_, index) => index + 1));
  assert.equal(epochsIn(readHistory(run.history)), end?.epochs);
}

/** Returns the number of epochs that the run has finished. */
const trained = (run: RunDirectory) => runStateOf(readEvents(run.events)).epochs.length;

/** Returns how many times the run was resumed. */
const sessions = (run: RunDirectory) => readEvents(run.events).filter(({ type }) => type === "resume").length;

/** Starts an endless run without a viewer and kills its trainer in the middle of training. */
async function lostRun({ plain, run }: Place): Promise<void> {
  await plain("train", ...SMALL_RUN, ...ENDLESS, "--detach");
  await eventually("some epochs", () => trained(run()) > 3, 60_000);
  const custody = custodyOf(run());
  assert.ok(custody.kind === "owned" && custody.owner);
  Deno.kill(custody.owner.pid, "SIGKILL");
  await eventually("nobody owns the run", () => !isOwned(run()), 5000);
}

Deno.test("after an end r asks for how many more epochs and trains on in the same dashboard, also a second time", async () => {
  await withRuns(async ({ shown, run, runs }) => {
    await shown(["train", ...SMALL_RUN, "--epochs", "2", "--patience", "50"], async (terminal) => {
      await terminal.shows(/^r more epochs {2}q leave/m, 60_000);
      terminal.write("r");
      await terminal.shows(/How many more epochs\? 2 {3}enter go on {2}esc back/);
      assert.doesNotMatch(terminal.screen().join("\n"), /closes in/);
      terminal.write("3");
      await terminal.shows(/How many more epochs\? 3 /);
      terminal.resize(40, 24);
      await terminal.shows(/^More epochs\? 3 {3}enter go on {2}esc back *$/m);
      assert.equal(terminal.hasWrappedLine(), false);
      terminal.resize(80, 24);
      terminal.write("\r");
      await terminal.shows(/finished · epoch 5\/5/, 60_000);
      await terminal.shows(/^r more epochs/m);
      terminal.write("r");
      await terminal.shows(/How many more epochs\? 5 /);
      terminal.write("\r");
      await terminal.shows(/finished · epoch 10\/10/, 60_000);
      assert.equal(terminal.isAlternate, true, "the dashboard was left in between");
      terminal.write("q");
      assert.equal(await terminal.exited, 0);
      assert.match(terminal.normalScreen(), /finished after 10 epochs/);
    });
    assert.equal(listRuns(runs).length, 1);
    assertEveryEpochOnce(run());
    assert.equal(sessions(run()), 2);
    assert.equal(readRunConfig(run().config).options.epochs, 10);
  });
});

Deno.test("a run that early stopping ended trains on with more patience, and the question says so", async () => {
  await withRuns(async ({ shown, run }) => {
    // Without learning nothing improves, so the run waits from its second epoch on.
    const flags = ["--epochs", "9", "--patience", "2", "--learning-rate", "1e-12"];
    await shown(["train", ...SMALL_RUN, ...flags], async (terminal) => {
      await terminal.shows(/stopped early · epoch \d\/9/, 60_000);
      terminal.write("r");
      await terminal.shows(/How many more epochs\? \d {2}with patience \d+ instead of 2/);
      terminal.write("\r");
      await terminal.shows(/training · epoch|epoch [4-9]\/9/, 60_000);
      await terminal.shows(/^r more epochs/m, 60_000);
      terminal.write("q");
      assert.equal(await terminal.exited, 0);
    });
    assertEveryEpochOnce(run());
    assert.equal(sessions(run()), 1);
    assert.ok(readRunConfig(run().config).options.patience >= 4);
  });
});

Deno.test("ctrl-c in epoch 9, then train --resume: the curve goes on, the keys command, the log marks the gap", async () => {
  await withRuns(async ({ shown, run }) => {
    // Epochs that are long enough to be interrupted in.
    await shown(["train", ...SMALL_RUN, ...ENDLESS, "--batch", "2", "--hidden", "500"], async (terminal) => {
      await terminal.shows(/training · epoch/, 60_000);
      await eventually("epoch 9", () => trained(run()) >= 8, 120_000);
      terminal.write(CTRL_C);
      assert.equal(await terminal.exited, 130);
      assert.match(terminal.normalScreen(), /go on {7}deno task train --resume/);
    });
    const before = runStateOf(readEvents(run().events)).epochs;
    assert.ok(before.length >= 8, `${before.length} epochs`);
    await shown(["train", "--resume", run().path], async (terminal) => {
      await terminal.shows(/resuming|preparing|training/, 60_000);
      await terminal.shows(/training · epoch/, 60_000);
      assert.doesNotMatch(terminal.output, /interrupted · epoch/, "the earlier end was shown as the run's");
      await terminal.shows(/^s stop {2}c checkpoint {2}p pause/m);
      terminal.write("7");
      terminal.write("z");
      await terminal.shows(/── resumed from epoch-\d+(-step-\d+)? after a break of \d+\S* ──/);
      await eventually("another epoch", () => trained(run()) > before.length, 60_000);
      terminal.write("s");
      assert.equal(await terminal.exited, 0);
    });
    const { epochs } = runStateOf(readEvents(run().events));
    assert.deepEqual(
      [...epochs.first(before.length)],
      [...before],
      "the epochs before the interruption are other ones",
    );
    assert.ok(epochs.length > before.length);
    assertEveryEpochOnce(run());
  });
});

Deno.test("watch of a dead run offers r, the watcher becomes the owner, and a read-only one is not offered it", async () => {
  await withRuns(async (place) => {
    await lostRun(place);
    const { shown, run } = place;
    await shown(["watch", run().id, "--read-only"], async (terminal) => {
      await terminal.shows(/trainer lost/);
      await terminal.shows(/^q leave/m);
      terminal.write("r");
      terminal.write("q");
      assert.equal(await terminal.exited, 1);
    });
    assert.equal(sessions(run()), 0);
    await shown(["watch", run().id], async (terminal) => {
      await terminal.shows(/^r resume {2}q leave/m);
      terminal.write("r");
      await terminal.shows(/training · epoch/, 60_000);
      await terminal.shows(/^s stop {2}c checkpoint {2}p pause {2}d detach/m);
      terminal.write("s");
      assert.equal(await terminal.exited, 0);
      assert.match(terminal.normalScreen(), /stopped on request/);
    });
    assertEveryEpochOnce(run());
    assert.equal(readOverview(run()).reason, "stopped");
  });
});

Deno.test("r in two watch windows at once: one trains the run, and the other goes on watching it", async () => {
  await withRuns(async (place) => {
    await lostRun(place);
    const { shown, run } = place;
    await shown(["watch", run().id], async (one) => {
      await shown(["watch", run().id], async (other) => {
        const both = [one, other];
        for (const terminal of both) await terminal.shows(/^r resume {2}q leave/m, 30_000);
        for (const terminal of both) terminal.write("r");
        for (const terminal of both) await terminal.shows(/training · epoch/, 60_000);
        for (const terminal of both) assert.equal(terminal.isAlternate, true, terminal.normalScreen());
        one.write("s");
        for (const terminal of both) {
          await terminal.until(
            () => !terminal.isAlternate || /stopped on request/.test(terminal.screen().join("\n")),
            "the end",
            30_000,
          );
          if (terminal.isAlternate) terminal.write("q");
          assert.equal(await terminal.exited, 0);
        }
      });
    });
    assertEveryEpochOnce(run());
    assert.equal(sessions(run()), 1);
  });
});

Deno.test("runs marks what can be resumed, and r in the chooser resumes it", async () => {
  await withRuns(async (place) => {
    await lostRun(place);
    const { shown, plain, run, runs } = place;
    makeRun(join(runs, "20250101-000000-squeezenet11-demo"));
    const lines = (await plain("runs", "--json")).stdout.trim().split("\n").map((line) => JSON.parse(line).resumable);
    assert.deepEqual(lines, [true, false]);
    assert.match((await plain("runs")).stdout, /lost +r .*\n.*finished {2,}[\s\S]*^r: can be resumed, with deno task/m);
    await shown(["watch"], async (terminal) => {
      await terminal.shows(/Which run\? {2}1 of 2/);
      await terminal.shows(/^\S 2026\S+ .*lost +r *$/m);
      await terminal.shows(/^enter watch {2}r resume/m);
      terminal.write("r");
      await terminal.shows(/training · epoch/, 60_000);
      terminal.write("d");
      assert.equal(await terminal.exited, 0);
    });
    assert.equal(isOwned(run()), true, "leaving ended the run");
    assert.equal(sessions(run()), 1);
  });
});

Deno.test("r in the chooser on a finished run asks for how many more epochs over its curves, and trains on", async () => {
  await withRuns(async ({ shown, plain, run, runs }) => {
    await plain("train", ...SMALL_RUN, "--epochs", "2", "--patience", "50");
    makeRun(join(runs, "20250101-000000-squeezenet11-demo"));
    assert.match(
      (await plain("runs")).stdout,
      /^finished runs can train longer, with deno task train --resume RUN/m,
    );
    await shown(["watch"], async (terminal) => {
      await terminal.shows(/^enter watch {2}r more epochs/m);
      terminal.write("r");
      await terminal.shows(/How many more epochs\? 2 {3}enter go on {2}esc back/);
      await terminal.shows(/finished · epoch 2\/2/);
      // Going back leaves the run as it is, and asks no second time by itself.
      terminal.write("\x1b");
      await terminal.shows(/^r more epochs {2}q leave/m);
      assert.equal(sessions(run()), 0);
      terminal.write("r");
      await terminal.shows(/How many more epochs\? 2 /);
      terminal.write("3");
      terminal.write("\r");
      await terminal.shows(/finished · epoch 5\/5/, 60_000);
      await terminal.shows(/^r more epochs/m);
      terminal.write("q");
      assert.equal(await terminal.exited, 0);
    });
    assertEveryEpochOnce(run());
    assert.equal(sessions(run()), 1);
  });
});

Deno.test("a dashboard of an ended run becomes live when another process resumes it, and shows the next end", async () => {
  await withRuns(async ({ shown, plain, run }) => {
    await plain("train", ...SMALL_RUN, "--epochs", "2");
    await shown(["watch", run().id, "--read-only"], async (terminal) => {
      await terminal.shows(/finished · epoch 2\/2/);
      await terminal.shows(/^q leave/m);
      const more = ["--epochs", "1000000", "--patience", "1000000"];
      const { status, stderr } = await plain("train", "--resume", run().id, ...more, "--detach");
      assert.equal(status, 0, stderr);
      await terminal.shows(/training · epoch \d+\/1000000/, 30_000);
      await plain("stop", run().id);
      await terminal.shows(/stopped on request · epoch \d+\/1000000/, 30_000);
      await terminal.shows(/^q leave/m);
      assert.equal(terminal.hasWrappedLine(), false);
      terminal.write("q");
      assert.equal(await terminal.exited, 0);
    });
    assertEveryEpochOnce(run());
  });
});

Deno.test("ctrl-c, and q then s, while the extension after r prepares: the run stays finished, and a viewer that stays open shows the next extension", async () => {
  await withPlace(async ({ runs, env, finished: run, whileWaiting }) => {
    const before = folderHashes(run.path);
    const shown = (args: readonly string[]) =>
      new PseudoTerminal(Deno.execPath(), headlightArgs([...args, "--runs", runs]), { columns: 80, rows: 24, env });
    const watcher = shown(["watch", run.id, "--read-only"]);
    try {
      await watcher.shows(/finished · epoch 1\/1/, 60_000);
      for (
        const [keys, status, says] of [
          [[CTRL_C], 130, /SIGINT stopped it before its first step,/],
          [["q", "s"], 0, /It was stopped on request before its first step,/],
        ] as const
      ) {
        await whileWaiting(async () => {
          const terminal = shown(["watch", run.id]);
          try {
            await terminal.shows(/^r more epochs/m, 60_000);
            terminal.write("r");
            await terminal.shows(/How many more epochs\? 1 /);
            terminal.write("\r");
            await terminal.shows(/^s stop .*d detach/m, 60_000);
            for (const key of keys) {
              terminal.write(key);
              if (key === "q") await terminal.shows(/Quit\?/);
            }
            assert.equal(await terminal.exited, status);
            assert.match(terminal.normalScreen(), /finished after 1 epoch\n +not resumed +/);
            assert.match(terminal.normalScreen(), says);
          } finally {
            await terminal.end();
          }
        });
        await eventually("nobody owns the run", () => !isOwned(run), 20_000);
        assert.deepEqual(folderHashes(run.path), before);
      }
      const { status, stderr } = await headlight(["train", "--resume", run.path, "--epochs", "2", "--plain"], { env });
      assert.equal(status, 0, stderr);
      await watcher.shows(/finished · epoch 2\/2/, 60_000);
      watcher.write("q");
      assert.equal(await watcher.exited, 0);
    } finally {
      await watcher.end();
    }
  });
});
