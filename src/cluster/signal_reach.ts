/**
 * Whether Slurm's signals reach this process. With proctrack/cgroup, which most clusters use, Slurm 22.05 signals only
 * the shell of the batch script and each task that srun started. Every other process gets SIGKILL at the time limit and
 * at scancel, so that a run ends without being saved. With proctrack/linuxproc it overlooks npx and all below it, even
 * for SIGKILL, so that they outlive the job.
 */
import { basename } from "node:path";
import process from "node:process";
import { askSlurm } from "../run/system/slurm_job.ts";
import { type Between, isOverlooked, startedBySlurm } from "../run/system/slurm_step.ts";

/** The programs that pass SIGTERM on to the process that they started. */
const PASSES_ON = ["timeout", "tini", "dumb-init", "catatonit"];

/**
 * Returns a warning if signals are lost on their way, with the word that mends it; null if they arrive. Pure.
 *
 * @param between the processes between Slurm's own one and this one, the nearest first
 * @param proctrack the cluster's ProctrackType without `proctrack/`, or null if it is not known
 */
export function lostSignalsWarning(between: readonly Between[], proctrack: string | null): string | null {
  const deaf = between.find((each) => isDeaf(each, proctrack));
  if (deaf === undefined) return null;
  const name = nameOf(deaf.words);
  const remedy = name === "node" || name.startsWith("npm") || name.startsWith("npx")
    ? "Install Deno, and start Headlight without npx: with srun, or with exec as the last command of the script."
    : "Start Headlight with srun, or with exec as the last command of the script.";
  const fate = proctrack === "linuxproc"
    ? "at the time limit and at scancel it would save and end only when the job is gone, up to half a minute later."
    : "at the time limit and at scancel it would be killed without saving.";
  return `Slurm's signals end at ${name}, which started Headlight: ${fate} ${remedy}`;
}

/** Returns whether no signal gets beyond a process. */
function isDeaf(between: Between, proctrack: string | null): boolean {
  // Slurm signals every process of the script's process group.
  if (proctrack === "pgid") return false;
  // Slurm signals every process below its own one that it sees.
  if (proctrack === "linuxproc") return isOverlooked(between);
  return !passesOn(between.words);
}

function passesOn(words: readonly string[]): boolean {
  const [, first] = words;
  const name = nameOf(words);
  return PASSES_ON.includes(name) || (name === "deno" && first === "task");
}

function nameOf([program = ""]: readonly string[]): string {
  // A title that a program gave itself has its arguments in the same word: `npm exec deno@2 task`.
  return basename(program.split(" ")[0] ?? "");
}

/** Returns the warning for this process; null outside of a Slurm job, and at a terminal, where a person is there. */
export async function warnOfLostSignals(): Promise<string | null> {
  if (Deno.env.get("SLURM_JOB_ID") === undefined || process.stdin.isTTY) return null;
  const started = startedBySlurm();
  if (started === null || lostSignalsWarning(started.between, null) === null) return null;
  return lostSignalsWarning(started.between, await readProctrack());
}

/** Asks Slurm how it finds the processes of a job. Returns null if it does not say. */
async function readProctrack(): Promise<string | null> {
  const said = await askSlurm("show", "config");
  return said === "not here" ? null : /^ProctrackType\s*=\s*(?:proctrack\/)?(\S+)/m.exec(said.out)?.[1] ?? null;
}
