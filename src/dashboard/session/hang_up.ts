/**
 * Whether this process was started to outlive its terminal (`nohup`). Loaded before everything else: Deno takes SIGHUP
 * over as soon as anything listens for any signal, and what was inherited cannot be seen any more. So does Deno itself
 * where it looks after node_modules and waits for another process that does: the tasks run with
 * `--node-modules-dir=manual`, which leaves that to `deno install`.
 */

/** SIGHUP's bit in a mask of signals. */
const HANG_UP = 1n;

/** @param status the text of /proc/self/status; null where there is none. */
export function ignoresHangUp(status: string | null): boolean {
  const [, mask] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status ?? "") ?? [];
  return mask !== undefined && (BigInt(`0x${mask}`) & HANG_UP) !== 0n;
}

function ownStatus(): string | null {
  try {
    return Deno.readTextFileSync("/proc/self/status");
  } catch {
    return null;
  }
}

export const DEAF_TO_HANG_UP = ignoresHangUp(ownStatus());
