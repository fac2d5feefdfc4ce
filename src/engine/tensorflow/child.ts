/** Runs a command to its end and keeps what it said. */

export interface ChildResult {
  /** 0 where it ended well. */
  readonly code: number;
  /** The signal that ended it, if one did. */
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildOptions {
  /** Added to this process's environment. */
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** Ends the child and its children when aborted; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs `command` without a terminal or standard input. null where there is no such command. */
export async function runChild(
  command: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<ChildResult | null> {
  options.signal?.throwIfAborted();
  const child = spawn(command, args, options);
  if (child === null) return null;
  // A compiler driver has children of its own: the whole group is ended.
  const end = () => endGroup(child.pid);
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

function endGroup(pid: number): void {
  try {
    Deno.kill(-pid, "SIGTERM");
  } catch {
    // It has ended by itself.
  }
}

function spawn(command: string, args: readonly string[], { env, cwd }: ChildOptions): Deno.ChildProcess | null {
  try {
    return new Deno.Command(command, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      // A group of its own, to be ended as one; without a terminal, pip cannot ask for a password and wait for ever.
      detached: true,
      ...(env ? { env } : {}),
      ...(cwd ? { cwd } : {}),
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return null;
    throw error;
  }
}

/** The last line that says something. */
export function lastLine(text: string): string {
  return text.split("\n").map((line) => line.trim()).findLast((line) => line !== "") ?? "";
}
