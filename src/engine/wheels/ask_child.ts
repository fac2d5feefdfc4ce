/** Asks a child process for facts, with a time limit. */
import type { z } from "zod";
import { PROJECT_ROOT } from "../../paths.ts";
import { type ChildResult, runChild } from "./child.ts";

export interface AskLimits {
  /** Environment variables in addition to those of this process. */
  readonly env: Record<string, string>;
  readonly limitMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs a command and kills it after the limit. The caller does not wait for the end of a killed process, because a
 * process that hangs inside the kernel cannot be ended.
 */
export async function runInTime(
  command: string,
  args: readonly string[],
  { env, limitMs, signal }: AskLimits,
): Promise<ChildResult | "late"> {
  const control = new AbortController();
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => {
    late.resolve("late");
    control.abort();
  }, limitMs);
  const asked = runChild(command, args, {
    env,
    cwd: PROJECT_ROOT,
    signal: signal === undefined ? control.signal : AbortSignal.any([signal, control.signal]),
    endWith: "SIGKILL",
  }).then((result) => result ?? { code: 127, signal: null, stdout: "", stderr: `${command} cannot be run` });
  try {
    return await Promise.race([asked, late.promise]);
  } finally {
    clearTimeout(timer);
    // After the limit the call rejects with the reason of the abort, which nobody waits for.
    asked.catch(() => {});
  }
}

/** Returns the values of the lines that have a schema's form. A library may print lines of its own. */
export function linesAs<T>(schema: z.ZodType<T>, text: string): T[] {
  return text.split("\n").flatMap((line) => {
    const { success, data } = schema.safeParse(parseJson(line));
    return success ? [data] : [];
  });
}

/** Returns a line's value, or undefined if it is not JSON. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
