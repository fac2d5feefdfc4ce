/**
 * Detects whether this process was started to outlive its terminal (`nohup`). Must be loaded before everything else: as
 * soon as any code listens for any signal, Deno handles SIGHUP itself, and the inherited disposition is no longer
 * visible. Deno also listens for signals while it waits for another process that updates node_modules. Therefore
 * deno.json has `"nodeModulesDir": "manual"`, which leaves such updates to src/install.ts.
 */

/** The bit of SIGHUP in a signal mask. */
const HANG_UP = 1n;

/**
 * Returns whether SIGHUP is ignored.
 * @param status the text of /proc/self/status; null if there is no such file
 */
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

export const IGNORES_HANG_UP = ignoresHangUp(ownStatus());
