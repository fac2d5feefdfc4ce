/** Ctrl+Z: this process stops as a job of its shell, and goes on with `fg`. The trainer, in a session of its own, does not. */
import { belongingOf } from "../../run/system/process_tree.ts";

type Belonging = NonNullable<ReturnType<typeof belongingOf>>;

/**
 * Whether a shell waits for this process's group and can bring it back: the group's first process has a parent in the same
 * session and in another group. POSIX calls a group without one orphaned; stopped, it would never go on.
 *
 * @param find where a process belongs; null where that is not known (no /proc).
 */
export function hasShell(pid: number, find: (pid: number) => Belonging | null = belongingOf): boolean {
  const own = find(pid);
  const leader = own && find(own.group);
  const shell = leader && find(leader.parent);
  return Boolean(own && shell && shell.session === own.session && shell.group !== own.group);
}

/**
 * Stops the process's group; resolves once it goes on. With SIGSTOP: `deno task`, which is in the group and what the shell
 * waits for, catches SIGTSTP and goes on.
 */
export async function stopUntilContinued(): Promise<void> {
  Deno.kill(0, "SIGSTOP");
  // Stopped a moment after the call at the latest; a stopped process has no time, so this ends after `fg`.
  await new Promise((resolve) => setTimeout(resolve, 50));
}
