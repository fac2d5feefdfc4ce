/** Runs a script in a separate process that the test kills without warning. */
import { join } from "node:path";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { programArgs } from "../../src/program.ts";

export interface Child {
  /** Sends SIGKILL and waits until the process has exited. */
  kill(): Promise<void>;
}

/** Starts a script of tests/ and waits for its first line. */
export async function startScript(script: string, ...args: string[]): Promise<Child> {
  return await startScriptWith({}, script, ...args);
}

/** Does the same as `startScript`, with these variables in addition to those of this process. */
export async function startScriptWith(
  env: Record<string, string>,
  script: string,
  ...args: string[]
): Promise<Child> {
  const child = new Deno.Command(Deno.execPath(), {
    args: programArgs(join(PROJECT_ROOT, "tests", script), ...args),
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  if (done) throw new Error(`${script} ended before it said anything`);
  return {
    async kill() {
      child.kill("SIGKILL");
      await reader.cancel();
      await child.status;
    },
  };
}
