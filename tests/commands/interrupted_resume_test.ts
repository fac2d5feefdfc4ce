/**
 * A resume that is interrupted before its first step leaves the run as it was, with really interrupted processes. They
 * wait for a lock or are paused at the moment of the interruption, so no time decides which moment it is.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { attach } from "../../src/run/control/attach.ts";
import { type RunDirectory, runDirectory } from "../../src/run/folder/directory.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { lastSeq, readEvents } from "../../src/run/log/event_log.ts";
import type { Overview } from "../../src/run/overview/overview.ts";
import { readOverview } from "../../src/run/overview/read_overview.ts";
import { isOwned } from "../../src/run/owner/custody.ts";
import { unloggedWork } from "../../src/run/resume/unlogged_work.ts";
import { signalStatus, type StopSignal } from "../../src/stop_signals.ts";
import { removeFolderSync } from "../../src/files/atomic.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { programArgs } from "../../src/program.ts";
import { tensorflowEngine } from "../engine.ts";
import { eventually, headlight, isAlive, JsonRun } from "../process.ts";
import { VIEWER } from "../run/control/served_run.ts";
import { folderHashes } from "../run/resume/folder_hashes.ts";
import { ENDLESS, SMALL_RUN } from "../run/small_run.ts";
import { trainedUntilKilled } from "./resumed.ts";
import { newest, type Place, withPlace } from "./waiting_place.ts";

await tensorflowEngine();

/** The moments at which a resumed run is interrupted. `reach` returns when it is there and stays there. */
const MOMENTS = {
  "while engine and weights are prepared": async (run: JsonRun) => {
    await run.until("phase", ({ name }) => name === "prepare");
  },
  "while the features are checked": async (run: JsonRun, { path }: RunDirectory, goOn: () => void) => {
    await pausedBeforeTraining(run, path, goOn);
  },
  "while the features are computed again": async (
    run: JsonRun,
    { path }: RunDirectory,
    goOn: () => void,
    { cache }: Place,
  ) => {
    removeFolderSync(join(cache, "features"));
    await pausedBeforeTraining(run, path, goOn);
  },
};
type Moment = keyof typeof MOMENTS;

/** Brings a run that waits for its weights to a pause in the phase of the features. */
async function pausedBeforeTraining(run: JsonRun, path: string, goOn: () => void): Promise<void> {
  await run.until("phase");
  const connection = await attach(runDirectory(path), VIEWER);
  const { ok, text } = await connection.send({ type: "pause" });
  assert.ok(ok, text);
  goOn();
  await run.until("control", ({ state }) => state === "paused");
  assert.equal(run.all("phase").at(-1)?.name, "extract");
  await connection.close("detach");
}

/** Resumes a run, brings it to a moment, and ends it there. Returns what its viewer was told, and the exit status. */
async function interruptedAt(
  place: Place,
  run: RunDirectory,
  { flags, moment, end }: {
    readonly flags: readonly string[];
    readonly moment: Moment;
    readonly end: (viewer: JsonRun) => Promise<void> | void;
  },
) {
  return await place.whileWaiting(async (goOn) => {
    const viewer = new JsonRun(["train", "--resume", run.path, ...flags], { env: place.env });
    await MOMENTS[moment](viewer, run, goOn, place);
    const { pid } = JSON.parse(Deno.readTextFileSync(run.lock));
    await end(viewer);
    const told = await viewer.until("end");
    const status = await viewer.status();
    await eventually("the trainer is gone", () => !isAlive(pid) && !isOwned(run), 20_000);
    return { told, status };
  });
}

/** What a person sees of a run in a list. */
function listed({ status, reason, epochs, epochs_asked, resumable, extendable }: Overview) {
  return { status, reason, epochs, epochs_asked, resumable, extendable };
}

/** How a resume is interrupted, and what follows. */
interface Interruption {
  readonly moment: Moment;
  readonly status: number;
  readonly says: string;
  readonly end: (viewer: JsonRun, run: RunDirectory, env: Record<string, string>) => Promise<void> | void;
}

function signalAt(moment: Moment, signal: StopSignal): Interruption {
  return {
    moment,
    status: signalStatus(signal),
    says: `${signal} stopped it before its first step, so the run is as it was before.`,
    end: (viewer) => viewer.kill(signal),
  };
}

const STOPPED = "It was stopped on request before its first step, so the run is as it was before.";

const INTERRUPTIONS: readonly Interruption[] = [
  signalAt("while engine and weights are prepared", "SIGINT"),
  signalAt("while the features are checked", "SIGTERM"),
  signalAt("while the features are computed again", "SIGINT"),
  {
    moment: "while engine and weights are prepared",
    status: 0,
    says: STOPPED,
    end: async (_, run, env) => {
      const { status, stdout, stderr } = await headlight(["stop", run.path], { env });
      assert.deepEqual([status, stdout], [0, `${run.id}: ${STOPPED}\n`], stderr);
    },
  },
];

Deno.test("ctrl-c, SIGTERM or stop before the first step of an extension leaves every byte of a finished run as it was, with status 130, 143 or 0, and it can be extended again", async () => {
  await withPlace(async (place) => {
    const { finished: run, env } = place;
    const before = folderHashes(run.path);
    const was = listed(readOverview(run));
    assert.equal(was.reason, "completed");
    const flags = ["--epochs", "5", "--patience", "9", "--learning-rate", "0.01"];
    for (const { moment, status, says, end } of INTERRUPTIONS) {
      const ended = await interruptedAt(place, run, { flags, moment, end: (viewer) => end(viewer, run, env) });
      assert.deepEqual([ended.status, ended.told.reason, ended.told.refused], [status, "completed", says], moment);
      assert.deepEqual(folderHashes(run.path), before, moment);
      assert.deepEqual(listed(readOverview(run)), was, moment);
    }
    const { status, stderr } = await headlight(["train", "--resume", run.path, "--epochs", "2", "--plain"], { env });
    assert.equal(status, 0, stderr);
    assert.equal(readOverview(run).epochs, 2);
    const { options, changes } = readRunConfig(run.config);
    assert.deepEqual([options.patience, changes?.map(({ name }) => name)], [5, ["epochs"]]);
  });
});

Deno.test("a killed run, a stopped one and one that never trained stay as they were when their resume is interrupted before its first step", async () => {
  await withPlace(async (place) => {
    const { runs, env } = place;
    const start = ["train", ...SMALL_RUN, ...ENDLESS];
    const killed = await trainedUntilKilled(start, join(runs, "killed"), (run) => run.until("epoch"), { env });
    const stopped = await trainedUntilStopped(place, start, join(runs, "stopped"));
    const unbegun = await place.whileWaiting(() =>
      trainedUntilKilled(start, join(runs, "unbegun"), (run) => run.until("phase"), { env })
    );
    const moment = "while the features are checked";
    for (const path of [killed, stopped, unbegun]) {
      const run = runDirectory(path);
      const before = folderHashes(path);
      const was = listed(readOverview(run));
      assert.equal(was.resumable, true, path);
      const flags = ["--learning-rate", "0.01"];
      const ended = await interruptedAt(place, run, { flags, moment, end: (viewer) => viewer.kill("SIGTERM") });
      assert.deepEqual([ended.status, ended.told.reason], [143, "interrupted"], path);
      assert.deepEqual(folderHashes(path), before, path);
      assert.deepEqual(listed(readOverview(run)), was, path);
    }
    const again = new JsonRun(["train", "--resume", unbegun], { env });
    assert.equal((await again.until("epoch")).epoch, 1);
    again.kill("SIGTERM");
    assert.equal(await again.status(), 143);
  });
});

/** Starts a run and ends it with SIGTERM after its first epoch. Returns its folder. */
async function trainedUntilStopped({ env }: Place, start: readonly string[], runs: string): Promise<string> {
  const run = new JsonRun([...start, "--runs", runs], { env });
  await run.until("epoch");
  run.kill("SIGTERM");
  await run.status();
  return newest(runs).path;
}

Deno.test("elapsed counts the work of a resume that was cut before its first step, whether it was stopped or killed, and not that of one that was refused", async () => {
  await withPlace(async (place) => {
    const { finished: run, env } = place;
    /** Resumes the run, ends that before its first step, and returns the seconds that were worked before. */
    const workedBefore = (end: (viewer: JsonRun, pid: number) => Promise<void> | void): Promise<number> =>
      place.whileWaiting(async (goOn) => {
        const viewer = new JsonRun(["train", "--resume", run.path, "--epochs", "5"], { env });
        await MOMENTS["while the features are checked"](viewer, run, goOn);
        const seconds = viewer.all("resume").at(-1)?.seconds ?? assert.fail();
        const { pid } = JSON.parse(Deno.readTextFileSync(run.lock));
        await end(viewer, pid);
        await viewer.status();
        await eventually("the trainer is gone", () => !isAlive(pid) && !isOwned(run), 20_000);
        return seconds.prepare + seconds.extract + seconds.train;
      });
    const after = lastSeq(run.events);
    const before = folderHashes(run.path);
    const logged = await workedBefore((viewer) => viewer.kill("SIGTERM"));
    const stopped = await workedBefore(async (_, pid) => {
      const noted = unloggedWork(run, after)?.extract ?? 0;
      await eventually("the work is noted", () => (unloggedWork(run, after)?.extract ?? 0) > noted + 4, 20_000);
      process.kill(pid, "SIGKILL");
    });
    assert.ok(stopped > logged, `${stopped} s, ${logged} s before a resume that was stopped`);
    const killed = await workedBefore((viewer) => viewer.kill("SIGTERM"));
    assert.ok(killed > stopped + 4, `${killed} s, ${stopped} s before a resume that was killed`);
    assert.deepEqual(folderHashes(run.path), before);

    const worked = Deno.readTextFileSync(run.worked);
    const refused = await headlight(["train", "--resume", run.path, "--epochs", "5", "--engine", "cuda"], { env });
    assert.notEqual(refused.status, 0);
    assert.equal(Deno.readTextFileSync(run.worked), worked);
    const { status, stderr } = await headlight(["train", "--resume", run.path, "--epochs", "2", "--plain"], { env });
    assert.equal(status, 0, stderr);
    assert.ok(!existsSync(run.worked), "the log knows all work now");
    const ends = readEvents(run.events).flatMap((event) => event.type === "end" ? [event.seconds.total] : []);
    assert.ok((ends.at(-1) ?? 0) > killed, `${ends.at(-1)} s at the end, ${killed} s before`);
  });
});

Deno.test("a request to stop that comes just before the first step leaves a finished run as it was", async () => {
  await withPlace(async (place) => {
    // Its last epoch is the best one, so the run goes on by moving the link to it, which must wait for the first step.
    const run = place.finished;
    const before = folderHashes(run.path);
    const { options } = readRunConfig(run.config);
    const child = join(PROJECT_ROOT, "tests", "commands", "stopped_at_step_child.ts");
    const at = (step: number) => {
      const request = JSON.stringify({ options: { ...options, epochs: 3 }, allowed: [] });
      const args = programArgs(child, run.path, request, String(step));
      return new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1", ...place.env } }).output();
    };
    const { code, stderr } = await at(0);
    assert.equal(code, signalStatus("SIGTERM"), new TextDecoder().decode(stderr));
    assert.deepEqual(folderHashes(run.path), before);
    // The same request one step later interrupts a run that has begun again.
    const later = await at(1);
    assert.equal(later.code, signalStatus("SIGTERM"), new TextDecoder().decode(later.stderr));
    const { reason, epochs_asked } = readOverview(run);
    assert.deepEqual([reason, epochs_asked], ["interrupted", 3]);
    const numbers = readEvents(run.events).map(({ seq }) => seq);
    assert.deepEqual(numbers, numbers.toSorted((one, other) => one - other));
  });
});
