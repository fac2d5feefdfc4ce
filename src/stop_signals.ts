/** The signals that end a run after saving it. */
import { constants } from "node:os";

/**
 * The signals that people and batch systems send and that end a process by default: ctrl-c and ctrl-\, `kill`, Slurm's
 * `--signal=USR2`, a limit on processor time (SIGXCPU), `alarm`. SIGHUP is not included, because a run goes on training
 * when its terminal closes. SIGUSR1 is not included either, because every process ignores it (no_debugger.ts).
 */
export const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGQUIT", "SIGUSR2", "SIGXCPU", "SIGALRM"] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];

/** The signals that a viewer handles. SIGHUP closes it. */
export type ViewerSignal = StopSignal | "SIGHUP";

/** Returns the exit status of a process that a signal ended, as shells report it: 128 + the signal's number. */
export function signalStatus(signal: ViewerSignal): number {
  return 128 + constants.signals[signal];
}
