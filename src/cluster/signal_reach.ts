/**
 * Whether Slurm's signals reach this process. With proctrack/cgroup, which most clusters use, Slurm 22.05 signals only
 * the shell of the batch script and each task that srun started. Every other process gets SIGKILL at the time limit and
 * at scancel, so that a run ends without being saved.
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import process from "node:process";

/** The words of a process's command. */
type Words = readonly string[];

/** With these, Slurm signals every process of the script's process group, or of its tree. */
const SIGNALS_ALL = ["linuxproc", "pgid"];

/** The programs that pass SIGTERM on to the process that they started. */
const PASSES_ON = ["timeout", "tini", "dumb-init", "catatonit"];

/** The name of Slurm's process that starts the script or the task, and signals it. */
const STARTER = "slurmstepd";

/**
 * Returns a warning if signals are lost on their way, with the word that mends it; null if they arrive. Pure.
 *
 * @param between the processes between Slurm's own one and this one, the nearest first
 * @param proctrack the cluster's ProctrackType without `proctrack/`, or null if it is not known
 */
export function lostSignalsWarning(between: readonly Words[], proctrack: string | null): string | null {
  if (proctrack !== null && SIGNALS_ALL.includes(proctrack)) return null;
  const deaf = between.find((words) => !passesOn(words));
  if (deaf === undefined) return null;
  const name = nameOf(deaf);
  const remedy = name === "node" || name.startsWith("npm") || name.startsWith("npx")
    ? "npx passes no signal on: install Deno, and start it with srun."
    : "Start Headlight with srun, or with exec as the last command of the script.";
  return `Slurm's signals end at ${name}, which started Headlight: at the time limit and at scancel it would be killed ` +
    `without saving. ${remedy}`;
}

function passesOn(words: Words): boolean {
  const [, first] = words;
  const name = nameOf(words);
  return PASSES_ON.includes(name) || (name === "deno" && first === "task");
}

function nameOf([program = ""]: Words): string {
  // A title that a program gave itself has its arguments in the same word: `npm exec deno@2 task`.
  return basename(program.split(" ")[0] ?? "");
}

/** Returns the warning for this process; null outside of a Slurm job, and at a terminal, where a person is there. */
export async function warnOfLostSignals(): Promise<string | null> {
  if (Deno.env.get("SLURM_JOB_ID") === undefined || process.stdin.isTTY) return null;
  const between = processesBelow(STARTER);
  if (between === null || lostSignalsWarning(between, null) === null) return null;
  return lostSignalsWarning(between, await readProctrack());
}

/** Returns the processes between one of this name and this process; null if it is none of its ancestors. */
function processesBelow(starter: string): Words[] | null {
  const found: Words[] = [];
  try {
    for (let pid = Deno.ppid; pid > 1;) {
      // The second field is the name in parentheses, which may contain any character.
      const [, name = "", fields = ""] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "utf-8")) ?? [];
      if (name === starter) return found;
      found.push(readFileSync(`/proc/${pid}/cmdline`, "utf-8").split("\0"));
      pid = Number(fields.split(" ")[1]);
    }
  } catch {
    // There is no /proc, or a process has just exited.
  }
  return null;
}

/** How long scontrol may take, in milliseconds. */
const ASKED_FOR_MS = 3000;

/** Asks Slurm how it finds the processes of a job. Returns null if it does not say. */
async function readProctrack(): Promise<string | null> {
  try {
    const { stdout } = await new Deno.Command("scontrol", {
      args: ["show", "config"],
      stdin: "null",
      stderr: "null",
      signal: AbortSignal.timeout(ASKED_FOR_MS),
    }).output();
    return /^ProctrackType\s*=\s*(?:proctrack\/)?(\S+)/m.exec(new TextDecoder().decode(stdout))?.[1] ?? null;
  } catch {
    return null;
  }
}
