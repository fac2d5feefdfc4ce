/** Asks Slurm about the job of this process, and why it has signalled it. */

/** What Slurm says about a job in which a signal has arrived. */
export interface JobFacts {
  /** Slurm's JobState, such as RUNNING or COMPLETING. */
  readonly state: string;
  /** How often the job was put back into the queue. */
  readonly restarts: number;
  /** When the job ends at the latest, in milliseconds since the epoch; null if it has no limit. */
  readonly endMs: number | null;
  /** Whether a job of a higher priority takes its place, and it has some time left to end by itself. */
  readonly preempted: boolean;
}

/**
 * Slurm signals a job at most this long before its time limit, with the script that Headlight writes: 60 s and 29 s.
 */
const BEFORE_LIMIT_MS = 120_000;

/**
 * Returns why a job got SIGTERM, in a few words. Pure.
 *
 * What Slurm 22.05 says then: at `--signal` before the time limit the job is still RUNNING; at requeue it is COMPLETING
 * and counted as restarted; at scancel, or a limit without a warning, it is COMPLETING and ends now. At a preemption
 * with a GraceTime it is RUNNING, has a PreemptTime, and ends when that time is over; without one it is as at requeue.
 *
 * @param restarts how often the job was put back into the queue when it started
 */
export function whySignalled(
  job: string,
  facts: JobFacts,
  { restarts, nowMs }: { readonly restarts: number; readonly nowMs: number },
): string {
  if (facts.restarts > restarts) return `Slurm puts job ${job} back into the queue`;
  if (facts.preempted) return `Slurm job ${job} was preempted`;
  const leftMs = facts.endMs === null ? Infinity : facts.endMs - nowMs;
  if (facts.state === "RUNNING") {
    return leftMs < BEFORE_LIMIT_MS ? `the time limit of Slurm job ${job} is near` : `sent to Slurm job ${job}`;
  }
  if (facts.state === "COMPLETED" || facts.state === "FAILED") return `Slurm job ${job} has ended`;
  if (facts.state === "PREEMPTED") return `Slurm job ${job} was preempted`;
  if (facts.state === "TIMEOUT") return `the time limit of Slurm job ${job} was reached`;
  return `Slurm job ${job} was cancelled or preempted, or reached its time limit`;
}

/** Reads the facts from what `scontrol show job -o` prints; null if they are not there. Pure. */
export function jobFactsIn(text: string): JobFacts | null {
  const field = (name: string) => new RegExp(`(?:^|\\s)${name}=(\\S+)`).exec(text)?.[1];
  const state = field("JobState");
  if (state === undefined) return null;
  // Local time without a zone, which Date.parse takes for local.
  const end = Date.parse(field("EndTime") ?? "");
  return {
    state,
    restarts: Number(field("Restarts") ?? 0),
    endMs: Number.isNaN(end) ? null : end,
    preempted: /^\d/.test(field("PreemptTime") ?? ""),
  };
}

/** The job of this process. */
export interface OwnJob {
  /** As Slurm writes it: `7`, or `7_3` for a task of an array. The number of a task's own job may be that of all. */
  readonly name: string;
  /** How often the job was put back into the queue when it started. */
  readonly restarts: number;
}

/** Returns the job that the environment names; null outside of a job. */
export function jobOf(variable: (name: string) => string | undefined): OwnJob | null {
  const [job, array, task] = ["SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID"].map(variable);
  if (job === undefined || !/^\d+$/.test(job)) return null;
  const isTask = /^\d+$/.test(array ?? "") && /^\d+$/.test(task ?? "");
  return { name: isTask ? `${array}_${task}` : job, restarts: Number(variable("SLURM_RESTART_COUNT") ?? 0) };
}

/** How long scontrol may take, in milliseconds: the job is killed soon. */
const ASKED_FOR_MS = 3000;

/** What scontrol printed; "not here" if there is no scontrol. If it takes too long, it has printed nothing. */
export type Said = { readonly out: string; readonly error: string } | "not here";

/** Asks Slurm with scontrol. */
export async function askSlurm(...args: readonly string[]): Promise<Said> {
  try {
    const { stdout, stderr } = await new Deno.Command("scontrol", {
      args: [...args],
      stdin: "null",
      signal: AbortSignal.timeout(ASKED_FOR_MS),
    }).output();
    return { out: new TextDecoder().decode(stdout), error: new TextDecoder().decode(stderr) };
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? "not here" : { out: "", error: "" };
  }
}

/** Returns why Slurm has signalled this job; null outside of a job, or if Slurm does not say. */
export async function whySlurmSignalled(
  variable: (name: string) => string | undefined = (name) => Deno.env.get(name),
): Promise<string | null> {
  const job = jobOf(variable);
  if (job === null) return null;
  const said = await askSlurm("show", "job", "-o", job.name);
  const facts = said === "not here" ? null : jobFactsIn(said.out);
  return facts && whySignalled(job.name, facts, { restarts: job.restarts, nowMs: Date.now() });
}
