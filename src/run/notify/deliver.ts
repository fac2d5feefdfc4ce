/** Delivers a notification: runs a command with it on its standard input, or posts it to a URL. */
import { spawn } from "node:child_process";
import process from "node:process";
import { errorLine } from "../../errors.ts";
import { systemReason } from "../../files/system_error.ts";
import { isUrl } from "../../notify_target.ts";
import type { NotifyRequest } from "./request.ts";

/**
 * Delivers a notification. Returns null, or one line that says why it failed. Of the target, which may contain a
 * secret, the line has at most the host of a URL.
 */
export async function deliver(request: NotifyRequest): Promise<string | null> {
  const problem = isUrl(request.target) ? await post(request) : await run(request);
  return problem === null ? null : `--notify failed: ${problem}.`;
}

async function post({ target, message, limitMs }: NotifyRequest): Promise<string | null> {
  const { host } = new URL(target);
  const signal = AbortSignal.timeout(limitMs);
  try {
    const response = await fetch(target, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: message,
      signal,
    });
    // The body is not needed, and one without an end would keep this process alive.
    await response.body?.cancel();
    return response.ok ? null : `${host} answered with status ${response.status}`;
  } catch (error) {
    return signal.aborted
      ? `${host} did not answer within ${limitMs / 1000} s`
      : `${host} cannot be reached${why(error)}`;
  }
}

/**
 * Returns the innermost cause in parentheses, because the message of `fetch` itself contains the whole URL. Returns an
 * empty text if the cause contains a URL too.
 */
function why(error: unknown): string {
  let last = error;
  while (last instanceof Error && last.cause !== undefined) last = last.cause;
  const text = errorLine(last).replace(/^error sending request.*?\): /, "").replace(/^client error \(\w+\): /, "")
    .replace(/ \(os error \d+\)$/, "");
  return /\/\//.test(text) ? "" : ` (${text})`;
}

/** Runs the command. Its output is discarded, because a command that writes without end would fill the run's disk. */
function run({ target, message, cwd, limitMs }: NotifyRequest): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  // In a process group of its own, so that the processes that it started can be killed with it.
  const child = spawn("sh", ["-c", target], { cwd, detached: true, stdio: ["pipe", "ignore", "ignore"] });
  const timer = setTimeout(() => {
    end(child.pid);
    resolve(`the command did not end within ${limitMs / 1000} s`);
  }, limitMs);
  child.once("error", (error) => resolve(`the command cannot be started (${systemReason(error)})`));
  child.once("exit", (status, signal) => {
    resolve(status === 0 ? null : `the command ended with ${signal ?? `exit status ${status}`}`);
  });
  // A command does not have to read its input, which then fails with EPIPE.
  child.stdin.on("error", () => {});
  child.stdin.end(message);
  return promise.finally(() => clearTimeout(timer));
}

function end(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The command has just exited.
  }
}
