/**
 * Finds out whether Slurm's signals reach this process. With proctrack/cgroup, which most clusters use, Slurm 22.05
 * signals only the shell of the batch script and each task that srun started. Every other process gets only SIGKILL at
 * the time limit and at scancel, so a run ends without being saved. With proctrack/linuxproc, Slurm does not find npx
 * and its descendants, even for SIGKILL, so they outlive the job.
 */
import { basename } from "node:path";
import process from "node:process";
import { askSlurm } from "../run/system/slurm_job.ts";
import { type Between, isOverlooked, startedBySlurm } from "../run/system/slurm_step.ts";

/** The programs that forward SIGTERM to the process that they started. */
const PASSES_ON = ["timeout", "tini", "dumb-init", "catatonit"];

/**
 * Returns a warning that says how to start Headlight if signals do not reach it, or null if they do. Pure.
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

/** Returns whether signals do not get past a process. */
function isDeaf(between: Between, proctrack: string | null): boolean {
  // Slurm signals every process of the script's process group.
  if (proctrack === "pgid") return false;
  // Slurm signals every descendant of its own process that it finds.
  if (proctrack === "linuxproc") return isOverlooked(between);
  return !passesOn(between.words);
}

function passesOn(words: readonly string[]): boolean {
  const [, first] = words;
  const name = nameOf(words);
  return PASSES_ON.includes(name) || (name === "deno" && first === "task");
}

function nameOf([program = ""]: readonly string[]): string {
  // If a program has changed its title, the arguments are in the first word: `npm exec deno@2 task`.
  return basename(program.split(" ")[0] ?? "");
}

/** Returns the warning for this process. Null outside of a Slurm job, and at a terminal, where a person can stop it. */
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
