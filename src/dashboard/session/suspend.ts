/**
 * Ctrl+Z stops this process as a job of its shell; `fg` continues it. The trainer has a session of its own and does not
 * stop.
 */
import { belongingOf } from "../../run/system/process_tree.ts";

type Belonging = NonNullable<ReturnType<typeof belongingOf>>;

/**
 * Returns whether a shell can continue this process's group after a stop: the group's leader has a parent in the same
 * session but in another group. POSIX calls a group without such a parent orphaned. Nothing would ever continue it.
 *
 * @param find returns the group, session and parent of a process, or null if they are unknown (no /proc)
 */
export function hasShell(pid: number, find: (pid: number) => Belonging | null = belongingOf): boolean {
  const own = find(pid);
  const leader = own && find(own.group);
  const shell = leader && find(leader.parent);
  return Boolean(own && shell && shell.session === own.session && shell.group !== own.group);
}

/**
 * Stops the process's group and resolves when it is continued. Sends SIGSTOP, because the shell waits for `deno task`,
 * which is in the group and catches SIGTSTP without stopping.
 */
export async function stopUntilContinued(): Promise<void> {
  Deno.kill(0, "SIGSTOP");
  // The stop takes effect within a moment of the call. Timers do not run while stopped, so this one ends after `fg`.
  await new Promise((resolve) => setTimeout(resolve, 50));
}
