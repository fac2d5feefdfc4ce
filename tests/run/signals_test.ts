/** Ends runs with signals at every moment of their processes' lives, with real processes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { readEvents } from "../../src/run/log/event_log.ts";
import { descendants } from "../../src/run/system/process_tree.ts";
import { signalStatus, STOP_SIGNALS, type StopSignal } from "../../src/stop_signals.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, eventually, isTrainer, JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { ENDLESS, SMALL_RUN } from "./small_run.ts";

await tensorflowEngine();

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Returns the last event in the newest run's log. */
function lastEvent(runs: string) {
  const [run] = listRuns(runs);
  return run && readEvents(run.events).at(-1);
}

function withRun(body: (run: JsonRun, runs: string) => Promise<void>): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const run = new JsonRun(["train", ...SMALL_RUN, ...ENDLESS, "--runs", runs], { env: emptyFeatureCache(folder) });
    try {
      await body(run, runs);
    } finally {
      if ((await Promise.race([run.status(), pause(0)])) === undefined) run.kill("SIGKILL");
    }
  });
}

Deno.test("the exit status after a signal is 128 plus its number, as in a shell", () => {
  const statuses = STOP_SIGNALS.map((signal) => {
    const { code } = new Deno.Command("/bin/sh", { args: ["-c", `sh -c 'kill -${signal.slice(3)} $$'; exit $?`] })
      .outputSync();
    return [signal, code] as const;
  });
  assert.deepEqual(statuses, STOP_SIGNALS.map((signal) => [signal, signalStatus(signal)]));
});

const OTHERS = STOP_SIGNALS.filter((signal) => signal !== "SIGINT" && signal !== "SIGTERM");
for (const signal of OTHERS) {
  for (const target of ["viewer", "trainer"] as const) {
    Deno.test(`${signal} to the ${target} of a training run saves and ends it like SIGTERM, with its own name and status`, async () => {
      await withRun(async (run, runs) => {
        await run.until("epoch");
        if (target === "viewer") run.kill(signal);
        else Deno.kill(JSON.parse(Deno.readTextFileSync(listRuns(runs)[0]?.lock ?? "")).pid, signal);
        const end = await run.until("end");
        assert.deepEqual([end.reason, end.signal], ["interrupted", signal]);
        assert.equal(await run.status(), signalStatus(signal));
        assert.ok(run.all("checkpoint").some(({ kind }) => kind === "last"));
      });
    });
  }
}

/** During the start of the process and while it loads its modules. */
const MOMENTS_MS = [0, 20, 60, 120, 250, 500];

for (const signal of ["SIGTERM", "SIGUSR2"] as const satisfies readonly StopSignal[]) {
  Deno.test(`${signal} in the trainer's first half second ends the run with an end event`, async () => {
    for (const ms of MOMENTS_MS) {
      await withRun(async (run, runs) => {
        const found = () => descendants(run.pid).find(isTrainer) ?? 0;
        let trainer = 0;
        await eventually("the trainer's process", () => (trainer = found()) > 0, 20_000);
        await pause(ms);
        Deno.kill(trainer, signal);
        assert.deepEqual([ms, await run.status(), run.stderr], [ms, signalStatus(signal), ""]);
        const end = lastEvent(runs);
        assert.deepEqual([ms, end?.type === "end" && end.reason], [ms, "interrupted"]);
        assert.equal(end?.type === "end" && end.signal, signal);
      });
    }
  });

  Deno.test(`${signal} in the viewer's first half second ends the viewer before there is a run, or the run with it`, async () => {
    for (const ms of MOMENTS_MS) {
      await withRun(async (run, runs) => {
        await pause(ms);
        run.kill(signal);
        // A process ended by a signal has the same status in its shell.
        assert.deepEqual([ms, await run.status()], [ms, signalStatus(signal)]);
        const end = lastEvent(runs);
        if (listRuns(runs).length === 0) return;
        assert.deepEqual([ms, end?.type === "end" && end.reason], [ms, "interrupted"]);
      });
    }
  });
}

Deno.test("a signal that arrives while the viewer creates the run's folder is handled as soon as the view is ready", async () => {
  await withRun(async (run, runs) => {
    await eventually("the run's folder", () => listRuns(runs).length > 0, 20_000);
    run.kill("SIGTERM");
    assert.equal(await run.status(), 143);
    const end = lastEvent(runs);
    assert.deepEqual([end?.type === "end" && end.reason, listRuns(runs).length], ["interrupted", 1]);
  });
});

Deno.test("the run of a trainer killed before its first event reports the loss", async () => {
  await withRun(async (run, runs) => {
    const found = () => descendants(run.pid).find(isTrainer) ?? 0;
    let trainer = 0;
    await eventually("the trainer's process", () => (trainer = found()) > 0, 20_000);
    Deno.kill(trainer, "SIGKILL");
    assert.equal(await run.status(), 1);
    const end = lastEvent(runs);
    assert.match(String(end?.type === "end" && end.error), /^SIGKILL ended the trainer before the run began/);
  });
});
