/** The whole program in a real pseudo-terminal: a shell, `deno task`, the dashboard and the trainer. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readCheckpoint } from "../../src/run/checkpoints/read_checkpoint.ts";
import type { RunDirectory } from "../../src/run/folder/directory.ts";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { isOwned } from "../../src/run/owner/custody.ts";
import { readEvents } from "../../src/run/log/event_log.ts";
import { tensorflowEngine } from "../engine.ts";
import { descendants } from "../../src/run/system/process_tree.ts";
import { bmp, writeFiles } from "../data/images/made_images.ts";
import { emptyFeatureCache, eventually, headlight, isTrainer } from "../process.ts";
import { ENDLESS, SMALL_RUN } from "../run/small_run.ts";
import { withTemporaryFolder } from "../support.ts";
import { terminalFaults } from "./dashboard.ts";
import { PseudoTerminal } from "./pseudo_terminal.ts";

await tensorflowEngine();

interface Training {
  readonly terminal: PseudoTerminal;
  readonly runs: string;
  readonly cache: Record<string, string>;
  run(): RunDirectory;
  /** The process of the shell, which is the terminal's session leader. */
  shell(): number;
}

/**
 * Runs `deno task train` under a shell that prints its status and the terminal's state afterwards. Ends what is left.
 */
async function withTraining(flags: readonly string[], body: (training: Training) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const cache = emptyFeatureCache(folder);
    const script = '"$0" task --quiet train "$@"; echo "status $?"; stty -a';
    const before = descendants(Deno.pid);
    const terminal = new PseudoTerminal(
      "/bin/sh",
      ["-c", script, Deno.execPath(), ...SMALL_RUN, ...ENDLESS, ...flags, "--runs", runs],
      { columns: 100, rows: 30, env: cache },
    );
    const shell = descendants(Deno.pid).find((pid) => !before.includes(pid)) ?? 0;
    const run = (): RunDirectory => {
      const [newest] = listRuns(runs);
      assert.ok(newest, "no run directory");
      return newest;
    };
    try {
      await body({ terminal, runs, cache, run, shell: () => shell });
    } finally {
      await terminal.end();
      if (listRuns(runs).some(isOwned)) await headlight(["stop", "--runs", runs], { env: cache });
    }
  });
}

for (const { phase, flags } of [{ phase: "extracting", flags: ["--size", "160"] }, { phase: "training", flags: [] }]) {
  Deno.test(`s while ${phase} ends and saves the run within two seconds, status 0, terminal restored`, async () => {
    await withTraining(flags, async ({ terminal, run }) => {
      await terminal.shows(phase === "training" ? /epoch [2-9]/ : /of 1,171 images/, 60_000);
      const pressedMs = Date.now();
      terminal.write("s");
      await terminal.exited;
      const end = readEvents(run().events).at(-1);
      assert.ok(end?.type === "end" && end.reason === "stopped");
      assert.ok(Date.parse(end.time) - pressedMs < 2000, `it took ${Date.parse(end.time) - pressedMs} ms`);
      await terminal.until(() => terminal.normalScreen().includes("icanon"), "stty's report");
      assert.match(terminal.normalScreen(), /status 0/);
      assert.match(terminal.normalScreen(), /stopped on request/);
      assert.deepEqual(terminalFaults(terminal), []);
      if (phase === "training") readCheckpoint(join(run().checkpoints, "last"));
    });
  });
}

Deno.test("c writes a checkpoint that is kept, p pauses and resumes, d leaves the run training, and watch finds it", async () => {
  await withTraining([], async ({ terminal, run, runs, cache }) => {
    await terminal.shows(/epoch [2-9]/, 60_000);
    terminal.write("c");
    const saved = () =>
      readEvents(run().events).find((event) => event.type === "checkpoint" && event.kind === "manual");
    await eventually("a manual checkpoint", () => saved() !== undefined, 2000);
    terminal.write("p");
    await terminal.shows(/paused/i, 2000);
    const finished = () => readEvents(run().events).filter(({ type }) => type === "epoch").length;
    const before = finished();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal(finished(), before, "epochs go on while paused");
    terminal.write("p");
    await eventually("epochs go on", () => finished() > before, 3000);
    terminal.write("d");
    await terminal.exited;
    await terminal.until(() => terminal.normalScreen().includes("icanon"), "stty's report");
    assert.match(terminal.normalScreen(), /training goes on[\s\S]*status 0/);
    assert.equal(isOwned(run()), true);
    const checkpoint = saved();
    assert.ok(checkpoint?.type === "checkpoint");
    readCheckpoint(checkpoint.path);

    const watch = new PseudoTerminal(Deno.execPath(), ["task", "--quiet", "watch", "--runs", runs], {
      columns: 80,
      rows: 24,
      env: cache,
    });
    await watch.shows("Accuracy", 10_000);
    watch.write("q");
    assert.equal(await watch.exited, 0);
    await watch.end();
    assert.equal(isOwned(run()), true, "leaving watch ended the run");
  });
});

Deno.test("a kill -9 of the trainer is reported, and in trainer.log too, status 1, checkpoints are intact, terminal restored", async () => {
  await withTraining([], async ({ terminal, run, shell }) => {
    await terminal.shows(/epoch [2-9]/, 60_000);
    const trainer = descendants(shell()).find(isTrainer);
    assert.ok(trainer, "no trainer among the shell's processes");
    Deno.kill(trainer, "SIGKILL");
    await terminal.shows("killed by SIGKILL, see trainer.log");
    await terminal.shows("closes in");
    terminal.write("q");
    await terminal.exited;
    await terminal.until(() => terminal.normalScreen().includes("icanon"), "stty's report");
    assert.match(terminal.normalScreen(), /the trainer was killed by SIGKILL without\s+finishing\s+the run/);
    assert.match(terminal.normalScreen(), /status 1/);
    assert.deepEqual(terminalFaults(terminal), []);
    readCheckpoint(join(run().checkpoints, "best"));
    assert.match(
      Deno.readTextFileSync(run().trainerLog),
      new RegExp(`^\\S+Z The trainer \\(process ${trainer}\\) was killed by SIGKILL\\.$`, "m"),
    );
  });
});

Deno.test("after a run ends by itself its dashboard stays and shows the next steps, and enter leaves with status 0", async () => {
  await withTraining(["--epochs", "2", "--learning-rate", "0.001"], async ({ terminal, run }) => {
    await terminal.shows(/q leave.*closes in \d+s, any key cancels/, 60_000);
    await terminal.shows(/finished · epoch 2\/2/);
    for (const command of ["evaluate", "predict", "plot"]) {
      // The folder's path is named where the whole command has room for it, and the short id elsewhere.
      await terminal.shows(new RegExp(`deno task ${command} (?:/\\S*/)?${run().id.slice(0, 15)}`));
    }
    terminal.write("\r");
    await terminal.exited;
    await terminal.until(() => terminal.normalScreen().includes("icanon"), "stty's report");
    assert.match(terminal.normalScreen(), /finished after 2 epochs[\s\S]*status 0/);
    assert.deepEqual(terminalFaults(terminal), []);
  });
});

for (const key of ["q", "\x03"]) {
  Deno.test(`after a failed run its dashboard stays and shows the reason, and ${JSON.stringify(key)} leaves with status 1`, async () => {
    await withTemporaryFolder(async (images) => {
      for (const name of ["red", "green"]) {
        for (const place of [0, 1, 2, 3]) writeFiles(images, { [`${name}/${place}.bmp`]: bmp(64, 64) });
        writeFiles(images, { [`${name}/broken.bmp`]: new Uint8Array() });
      }
      await withTraining(["--data", images, "--max-broken", "0"], async ({ terminal }) => {
        await terminal.shows(/q leave.*closes in \d+s/, 60_000);
        await terminal.shows(/failed after 0 of .*\n.*cannot be decoded/);
        terminal.write(key);
        await terminal.exited;
        await terminal.until(() => terminal.normalScreen().includes("icanon"), "stty's report");
        assert.match(terminal.normalScreen(), /failed after 0 epochs[\s\S]*status 1/);
        assert.deepEqual(terminalFaults(terminal), []);
      });
    });
  });
}

Deno.test("with --leave the dashboard of a finished run closes at once", async () => {
  await withTraining(["--epochs", "2", "--leave"], async ({ terminal }) => {
    await terminal.exited;
    await terminal.until(() => terminal.normalScreen().includes("icanon"), "stty's report");
    assert.match(terminal.normalScreen(), /finished after 2 epochs[\s\S]*status 0/);
    assert.doesNotMatch(terminal.output, /closes in/);
  });
});

Deno.test("closing the terminal leaves the run training, and watch finds it", async () => {
  await withTraining([], async ({ terminal, run, runs, cache, shell }) => {
    await terminal.shows(/epoch [2-9]/, 60_000);
    // The death of the session leader hangs up the terminal, as when its window is closed.
    Deno.kill(shell(), "SIGKILL");
    await terminal.exited;
    const before = readEvents(run().events).length;
    await eventually("the run goes on", () => readEvents(run().events).length > before + 4, 5000);
    const watch = new PseudoTerminal(Deno.execPath(), ["task", "--quiet", "watch", "--runs", runs], {
      columns: 80,
      rows: 24,
      env: cache,
    });
    await watch.shows("Accuracy", 10_000);
    await watch.end();
    assert.equal(isOwned(run()), true);
  });
});

Deno.test("ctrl-c in the terminal ends and saves the run with reason interrupted and status 130", async () => {
  await withTraining([], async ({ terminal, run }) => {
    await terminal.shows(/epoch [2-9]/, 60_000);
    terminal.write("\x03");
    await terminal.exited;
    const end = readEvents(run().events).at(-1);
    assert.ok(end?.type === "end" && end.reason === "interrupted" && end.signal === "SIGINT");
    await terminal.until(() => terminal.normalScreen().includes("icanon"), "stty's report");
    assert.match(terminal.normalScreen(), /status 130/);
    assert.deepEqual(terminalFaults(terminal), []);
  });
});

Deno.test("with several bases the header says which run it is, s stops it, and a second s ends the series", async () => {
  await withTraining(["--base", "squeezenet11,densenet121"], async ({ terminal, runs }) => {
    await terminal.shows(/epoch [2-9].* run 1 of 2/, 60_000);
    terminal.write("s");
    await terminal.shows(/s end series {2}q next run .*densenet121 begins in [1-4]s/);
    terminal.write("s");
    await terminal.exited;
    await terminal.until(() => terminal.normalScreen().includes("icanon"), "stty's report");
    assert.match(terminal.normalScreen(), /stopped on request/);
    assert.match(terminal.normalScreen(), /The series ends here\. To train what is left:/);
    assert.match(terminal.normalScreen(), /status 0/);
    assert.deepEqual(terminalFaults(terminal), []);
    assert.equal(listRuns(runs).length, 1);
  });
});

Deno.test("a series whose first run is stopped goes on with the next one, and ends in the comparison", async () => {
  const flags = ["--base", "squeezenet11,densenet121", "--epochs", "2000"];
  await withTraining(flags, async ({ terminal, runs }) => {
    await terminal.shows(/epoch [2-9].* run 1 of 2/, 60_000);
    terminal.write("s");
    await terminal.shows(/epoch [2-9].* run 2 of 2/, 90_000);
    terminal.write("s");
    await terminal.exited;
    await terminal.until(() => terminal.normalScreen().includes("icanon"), "stty's report");
    const screen = terminal.normalScreen();
    assert.match(
      screen,
      /^[ *]A \S+ +SqueezeNet 1\.1 +imagenet +0\.\d{3} .*\n[ *]B \S+ +DenseNet121 +imagenet +0\.\d{3}/m,
    );
    assert.match(screen, /exact\s+McNemar\s+test/);
    assert.match(screen, /status 0/);
    assert.equal(listRuns(runs).length, 2);
  });
});

Deno.test("d in a series leaves the current run training, and says that the series ends and how to train what is left", async () => {
  await withTraining(["--base", "squeezenet11,densenet121"], async ({ terminal, run, runs }) => {
    await terminal.shows(/epoch [2-9].* run 1 of 2/, 60_000);
    terminal.write("d");
    await terminal.exited;
    await terminal.until(() => terminal.normalScreen().includes("icanon"), "stty's report");
    const screen = terminal.normalScreen();
    assert.match(screen, /training goes on/);
    assert.match(screen, /The series ends here\. To train what is left:\s+deno task train [^]*--base densenet121/);
    assert.match(screen, /status 0/);
    assert.equal(listRuns(runs).length, 1);
    assert.ok(isOwned(run()));
  });
});

Deno.test("ctrl-c between two runs ends the series with status 130, and no further run begins", async () => {
  await withTraining(["--base", "squeezenet11,densenet121"], async ({ terminal, runs, run }) => {
    await terminal.shows(/epoch [2-9].* run 1 of 2/, 60_000);
    terminal.write("s");
    await terminal.shows(/densenet121 begins in [1-4]s/);
    terminal.write("\x03");
    await terminal.exited;
    await terminal.until(() => terminal.normalScreen().includes("icanon"), "stty's report");
    assert.match(terminal.normalScreen(), /The series ends here\. To train what is left:/);
    assert.match(terminal.normalScreen(), /status 130/);
    assert.deepEqual(terminalFaults(terminal), []);
    assert.equal(listRuns(runs).length, 1);
    assert.equal(isOwned(run()), false);
  });
});

Deno.test("train --bell rings once at the end, with plain lines too", async () => {
  await withTraining(["--epochs", "2", "--plain", "--bell"], async ({ terminal }) => {
    await terminal.until(() => /status 0/.test(terminal.normalScreen()), "the run to end", 120_000);
    assert.match(terminal.normalScreen(), /finished after 2 epochs/);
    assert.equal(terminal.output.split("\x07").length - 1, 1);
  });
});
