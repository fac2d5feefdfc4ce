/** The process of Slurm that started this one, and whether the job goes on. */
import process from "node:process";
import { processAt } from "./process_tree.ts";
import { askSlurm, jobFactsIn, jobOf } from "./slurm_job.ts";

/** The name of Slurm's process that starts the script or the task, and signals it. */
const STARTER = "slurmstepd";

/** A process between Slurm's own one and this one. */
export interface Between {
  /** The kernel's name of the process, of at most 15 bytes. */
  readonly comm: string;
  /** The words of its command. */
  readonly words: readonly string[];
}

/** How Slurm started this process. */
export interface Started {
  /** Slurm's own process for the script or the task. It exits when that is over. */
  readonly starter: { readonly pid: number; readonly startTime: string };
  /** The processes between that and this one, the nearest first. */
  readonly between: readonly Between[];
}

/** Returns how Slurm started this process; null if it did not, or if /proc does not show it. */
export function startedBySlurm(): Started | null {
  const between: Between[] = [];
  for (let pid = process.ppid; pid > 1;) {
    const found = processAt(pid);
    if (found === null) return null;
    const { comm, words, startTime, parent } = found;
    if (comm === STARTER) return { starter: { pid, startTime }, between };
    between.push({ comm, words });
    pid = parent;
  }
  return null;
}

/**
 * Returns whether proctrack/linuxproc overlooks a process, and with it all below: Slurm reads its parent from
 * /proc/<pid>/stat as if the name had no spaces. npm calls itself `npm exec deno@2`.
 */
export function isOverlooked({ comm }: Between): boolean {
  return /\s/.test(comm);
}

/** The states of a job whose processes may run. */
const GOES_ON = ["RUNNING", "SUSPENDED", "STOPPED", "CONFIGURING", "RESIZING", "SIGNALING"];

/**
 * Returns whether a job is over according to what scontrol printed, or null if that does not tell. A job that is put
 * back into the queue keeps its number. Pure.
 *
 * @param restarts how often the job was put back into the queue when it started
 */
export function isOver(said: { readonly out: string; readonly error: string }, restarts: number): boolean | null {
  const facts = jobFactsIn(said.out);
  if (facts !== null) return facts.restarts > restarts || !GOES_ON.includes(facts.state);
  // Slurm forgets a job some minutes after its end.
  return said.error.includes("Invalid job id") ? true : null;
}

/** How often it is looked whether Slurm's process is there, in milliseconds. */
const LOOK_EVERY_MS = 1000;
/** How often Slurm is asked at most, in milliseconds: its controller serves the whole cluster. */
const ASK_EVERY_MS = 30_000;

/**
 * Calls `onOver` once if the Slurm job of this process ends before the process. A signal of Slurm may not reach it:
 * under linuxproc below npx, or after `--detach`. Without a job, or if /proc does not show who started this process, it
 * does nothing. Returns a function that stops watching.
 *
 * The end of the step alone is no reason to stop, because a run that was started with `--detach` in one step goes on
 * with the job.
 */
export function watchJob(onOver: () => void): () => void {
  const job = jobOf((name) => Deno.env.get(name));
  const started = job === null ? null : startedBySlurm();
  if (job === null || started === null) return () => {};
  // Slurm waits for a process that it overlooks, and its own process does not exit then.
  const asksAlways = started.between.some(isOverlooked);
  const { pid, startTime } = started.starter;
  let askedMs = performance.now();
  let wasThere = true;
  let asking = false;
  const look = async (): Promise<void> => {
    const isThere = wasThere && processAt(pid)?.startTime === startTime;
    const isDue = performance.now() - askedMs >= ASK_EVERY_MS;
    const hasLeft = wasThere && !isThere;
    wasThere = isThere;
    if (asking || !(hasLeft || (isDue && (asksAlways || !isThere)))) return;
    asking = true;
    askedMs = performance.now();
    const said = await askSlurm("show", "job", "-o", job.name);
    asking = false;
    if (timer === null || (said !== "not here" && isOver(said, job.restarts) !== true)) return;
    stop();
    onOver();
  };
  let timer: ReturnType<typeof setInterval> | null = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  const stop = () => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };
  return stop;
}
