/** Submits a job script to Slurm. */
import { HeadlightError } from "../errors.ts";
import { sentence } from "../sentence.ts";

/**
 * Runs the script, which calls sbatch, and returns what it prints.
 * @throws HeadlightError (2) if there is no sbatch here; (1) with sbatch's message if it refuses a job
 */
export async function submit(path: string): Promise<string[]> {
  if (!await hasSbatch()) {
    throw new HeadlightError(
      `--submit needs sbatch, which is not on this machine. Copy ${path} to a login node of the cluster, and run it there ` +
        "with bash.",
    );
  }
  const { success, stdout, stderr } = await new Deno.Command("bash", { args: [path], stdin: "null" }).output();
  const [text, message] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  if (!success) throw new HeadlightError(`Slurm does not take the job: ${sentence(message ?? "")}`, 1);
  return (text ?? "").split("\n");
}

async function hasSbatch(): Promise<boolean> {
  try {
    return (await new Deno.Command("sbatch", { args: ["--version"], stdout: "null", stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
