/** Runs the command that a run names, as if a person pasted it into a shell in the project's folder. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { PROJECT_ROOT } from "../../src/paths.ts";

/** Runs a command until it exits, and checks that it succeeds. @param env variables of the shell beside those for Deno */
export async function runPasted(command: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", command],
    cwd: PROJECT_ROOT,
    env: { NO_COLOR: "1", PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`, ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}
