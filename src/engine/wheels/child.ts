/** Runs a command to its end and captures its output. */

/** The result of a command. */
export interface ChildResult {
  /** The exit status; 0 for success. */
  readonly code: number;
  /** The signal that terminated it, if any. */
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a command. */
export interface ChildOptions {
  /** Environment variables in addition to those of this process. */
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** Terminates the child and its children when aborted. The call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The signal that terminates them: SIGTERM, or SIGKILL for a program that has nothing to clean up. */
  readonly endWith?: "SIGTERM" | "SIGKILL";
}

/**
 * Runs `command` without a terminal or standard input. Returns null if the command does not exist or is not executable.
 */
export async function runChild(
  command: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<ChildResult | null> {
  options.signal?.throwIfAborted();
  const child = spawn(command, args, options);
  if (child === null) return null;
  // A compiler driver starts processes of its own, so the whole process group is terminated.
  const end = () => endGroup(child.pid, options.endWith ?? "SIGTERM");
  options.signal?.addEventListener("abort", end);
  const output = await child.output();
  options.signal?.removeEventListener("abort", end);
  options.signal?.throwIfAborted();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    signal: output.signal,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

function endGroup(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(-pid, signal);
  } catch {
    // The group has already exited.
  }
}

function spawn(command: string, args: readonly string[], { env, cwd }: ChildOptions): Deno.ChildProcess | null {
  try {
    return new Deno.Command(command, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      // Starts a process group, so that it can be terminated as a whole. Without a terminal, pip cannot prompt for a
      // password and wait forever.
      detached: true,
      ...(env ? { env } : {}),
      ...(cwd ? { cwd } : {}),
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return null;
    throw error;
  }
}

/** Returns the last line that is not blank, trimmed. */
export function lastLine(text: string): string {
  return text.split("\n").map((line) => line.trim()).findLast((line) => line !== "") ?? "";
}
