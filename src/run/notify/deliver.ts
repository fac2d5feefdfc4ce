/** Delivers a notification: runs a command with it on its standard input, or posts it to a URL. */
import { spawn } from "node:child_process";
import process from "node:process";
import { errorLine } from "../../errors.ts";
import { systemReason } from "../../files/system_error.ts";
import { isUrl } from "../../notify_target.ts";
import type { NotifyRequest } from "./request.ts";

/** Returns null, or one line that says why the notification failed. It has nothing of the target but a URL's host. */
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
    // An answer without an end would keep this process.
    await response.body?.cancel();
    return response.ok ? null : `${host} answered with status ${response.status}`;
  } catch (error) {
    return signal.aborted
      ? `${host} did not answer within ${limitMs / 1000} s`
      : `${host} cannot be reached${why(error)}`;
  }
}

/** Returns the innermost cause, since the message of `fetch` itself has the whole URL. */
function why(error: unknown): string {
  let last = error;
  while (last instanceof Error && last.cause !== undefined) last = last.cause;
  const text = errorLine(last).replace(/^error sending request.*?\): /, "").replace(/^client error \(\w+\): /, "")
    .replace(/ \(os error \d+\)$/, "");
  return /\/\//.test(text) ? "" : ` (${text})`;
}

/** Its output goes nowhere: a command that writes without end would fill the disk of the run. */
function run({ target, message, cwd, limitMs }: NotifyRequest): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  // In a group of its own, so that what it has started ends with it.
  const child = spawn("sh", ["-c", target], { cwd, detached: true, stdio: ["pipe", "ignore", "ignore"] });
  const timer = setTimeout(() => {
    end(child.pid);
    resolve(`the command did not end within ${limitMs / 1000} s`);
  }, limitMs);
  child.once("error", (error) => resolve(`the command cannot be started (${systemReason(error)})`));
  child.once("exit", (status, signal) => {
    resolve(status === 0 ? null : `the command ended with ${signal ?? `exit status ${status}`}`);
  });
  // It need not read its input.
  child.stdin.on("error", () => {});
  child.stdin.end(message);
  return promise.finally(() => clearTimeout(timer));
}

function end(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has just ended.
  }
}
