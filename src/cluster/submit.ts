/** Submits a job script to Slurm. */
import { HeadlightError } from "../errors.ts";
import { askSlurm } from "../run/system/slurm_job.ts";
import { sentence } from "../sentence.ts";

/**
 * Runs the script, which calls sbatch. Returns the lines that it prints.
 *
 * @param path the path of the script
 * @throws HeadlightError (2) if there is no sbatch here, or one that does not work; (1) with sbatch's message if it
 * refuses a job
 */
export async function submit(path: string): Promise<string[]> {
  await checkSbatch(path);
  const { success, stdout, stderr } = await new Deno.Command("bash", { args: [path], stdin: "null" }).output();
  if (!success) {
    const message = messageOf(stderr);
    throw new HeadlightError(`Slurm refused the job: ${sentence(message)}${await remedyFor(message)}`, 1);
  }
  return new TextDecoder().decode(stdout).trim().split("\n");
}

async function checkSbatch(path: string): Promise<void> {
  const elsewhere = `${path} to a login node of the cluster, and run it there with bash.`;
  try {
    // sbatch reads Slurm's configuration even for this, so it fails if that is wrong.
    const { success, stderr } = await new Deno.Command("sbatch", { args: ["--version"], stdin: "null" }).output();
    if (success) return;
    const conf = Deno.env.get("SLURM_CONF");
    throw new HeadlightError(
      `--submit: sbatch does not work here: ${sentence(messageOf(stderr))} Correct ${
        conf === undefined ? "Slurm's configuration" : `SLURM_CONF=${conf}`
      }, or copy ${elsewhere}`,
    );
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new HeadlightError(`--submit needs sbatch, which is not on this machine. Copy ${elsewhere}`);
  }
}

/** Returns what a command of Slurm printed on standard error, as one line. */
function messageOf(stderr: Uint8Array): string {
  const lines = new TextDecoder().decode(stderr).trim().split("\n");
  return lines.map((line) => line.replace(/^sbatch: (error|fatal): /, "")).join("; ");
}

/** Returns a sentence that says what the cluster allows, if the job exceeds a known limit, or an empty text. */
async function remedyFor(message: string): Promise<string> {
  if (!message.includes("Invalid job array specification")) return "";
  const said = await askSlurm("show", "config");
  const [, most] = said === "not here" ? [] : /^MaxArraySize\s*=\s*(\d+)/m.exec(said.out) ?? [];
  return most === undefined
    ? ""
    : ` This cluster takes at most ${most} tasks (MaxArraySize): use --array ${most} or less.`;
}
