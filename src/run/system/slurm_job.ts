/** Asks Slurm why it has signalled a job. */

/** What Slurm says about a job in which a signal has arrived. */
export interface JobFacts {
  /** Slurm's JobState, such as RUNNING or COMPLETING. */
  readonly state: string;
  /** How often the job was put back into the queue. */
  readonly restarts: number;
  /** When the job ends at the latest, in milliseconds since the epoch; null if it has no limit. */
  readonly endMs: number | null;
}

/** Slurm signals a job at most this long before its time limit, with the script that Headlight writes: 60 s and 29 s. */
const BEFORE_LIMIT_MS = 120_000;

/**
 * Returns why a job got SIGTERM, in a few words. Pure.
 *
 * What Slurm 22.05 says then: at `--signal` before the time limit the job is still RUNNING; at requeue it is COMPLETING and
 * counted as restarted; at scancel, or a limit without a warning, it is COMPLETING and ends now.
 *
 * @param restarts how often the job was put back into the queue when it started
 */
export function whySignalled(
  job: string,
  facts: JobFacts,
  { restarts, nowMs }: { readonly restarts: number; readonly nowMs: number },
): string {
  if (facts.restarts > restarts) return `Slurm puts job ${job} back into the queue`;
  const leftMs = facts.endMs === null ? Infinity : facts.endMs - nowMs;
  if (facts.state === "RUNNING") {
    return leftMs < BEFORE_LIMIT_MS ? `the time limit of Slurm job ${job} is near` : `sent to Slurm job ${job}`;
  }
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
  return { state, restarts: Number(field("Restarts") ?? 0), endMs: Number.isNaN(end) ? null : end };
}

/** How long scontrol may take, in milliseconds: the job is killed soon. */
const ASKED_FOR_MS = 2000;

/** Returns why Slurm has signalled this job; null outside of a job, or if Slurm does not say. */
export async function whySlurmSignalled(
  variable: (name: string) => string | undefined = (name) => Deno.env.get(name),
): Promise<string | null> {
  const job = variable("SLURM_JOB_ID");
  if (job === undefined || !/^\d+$/.test(job)) return null;
  try {
    const { stdout } = await new Deno.Command("scontrol", {
      args: ["show", "job", "-o", job],
      stdin: "null",
      stderr: "null",
      signal: AbortSignal.timeout(ASKED_FOR_MS),
    }).output();
    const facts = jobFactsIn(new TextDecoder().decode(stdout));
    const restarts = Number(variable("SLURM_RESTART_COUNT") ?? 0);
    return facts && whySignalled(job, facts, { restarts, nowMs: Date.now() });
  } catch {
    return null;
  }
}
