/** Starts a trainer in a session of its own, so that it survives the terminal, the viewer and the shell. */
import { spawn } from "node:child_process";
import { appendFileSync, closeSync, openSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { FoundSource } from "../data/open.ts";
import { CALLER_VARIABLE } from "../notify_target.ts";
import { callerDirectory, PROJECT_ROOT } from "../paths.ts";
import { programArgs, withSmallHeap } from "../program.ts";
import type { StopSignal } from "../stop_signals.ts";
import type { RunDirectory } from "./folder/directory.ts";
import { withFoundData } from "./found_data.ts";
import type { ResumeRequest } from "./resume/request.ts";

export interface TrainerProcess {
  /** Undefined if the process could not be started. */
  readonly pid: number | undefined;
  /** Whether the process is running. */
  alive(): boolean;
  /** The signal that ended the process, or null. */
  endedBy(): NodeJS.Signals | null;
  /** The exit status of the process, or null if it is running or a signal ended it. */
  exitStatus(): number | null;
  /** Sends a signal to the process, even if it does not listen on its socket yet. */
  signal(name: StopSignal): void;
}

export interface LaunchOptions {
  /** The data for the trainer, or null if the trainer has to download it. */
  readonly found: FoundSource | null;
  /** Whether the run is saved and stopped when the viewer that started it is lost. */
  readonly stopWithOwner: boolean;
  /** Whether the run is started without a viewer (`--detach`). It then waits for room on a full disk. */
  readonly detached?: boolean;
  /** What to go on with; null for a run that begins. */
  readonly resume: ResumeRequest | null;
}

/** Adds a line to trainer.log, for whoever looks there: a process that was killed cannot write it itself. */
function noteSignal(run: RunDirectory, line: string): void {
  try {
    appendFileSync(run.trainerLog, `${new Date().toISOString()} ${line}\n`);
  } catch {
    // The folder is gone, full or read-only. The viewer says it too.
  }
}

/** Starts the trainer of a run directory that contains a config.json. */
export function launchTrainer(
  run: RunDirectory,
  { found, stopWithOwner, detached = false, resume }: LaunchOptions,
): TrainerProcess {
  const log = openSync(run.trainerLog, "a");
  const entry = join(PROJECT_ROOT, "src", "run", "trainer_main.ts");
  const child = withFoundData(found, run.path, (data) =>
    spawn(
      Deno.execPath(),
      withSmallHeap(programArgs(
        entry,
        run.path,
        ...(stopWithOwner ? ["--owner", String(Deno.pid)] : []),
        ...(data === null ? [] : ["--found-data"]),
        ...(detached ? ["--detached"] : []),
        ...(resume === null ? [] : ["--resume", JSON.stringify(resume)]),
      )),
      {
        ...{ cwd: PROJECT_ROOT, detached: true, stdio: [data ?? "ignore", log, log] },
        env: { ...process.env, [CALLER_VARIABLE]: callerDirectory() },
      },
    ));
  closeSync(log);
  let gone = false;
  let endedBy: NodeJS.Signals | null = null;
  let exitStatus: number | null = null;
  child.once("exit", (status, signal) => {
    gone = true;
    exitStatus = status;
    endedBy = signal;
    if (signal !== null) noteSignal(run, `The trainer (process ${child.pid}) was killed by ${signal}.`);
  });
  child.once("error", () => gone = true);
  child.unref();
  return {
    pid: child.pid,
    alive: () => !gone,
    endedBy: () => endedBy,
    exitStatus: () => exitStatus,
    signal: (name) => {
      if (!gone) child.kill(name);
    },
  };
}
