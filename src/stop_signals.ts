/** The signals that end a run, saved. */
import { constants } from "node:os";

/**
 * Those that end a process where nothing listens for them and that people and batch systems send: ctrl-c and ctrl-\,
 * `kill`, Slurm's `--signal=USR2`, a limit on processor time (XCPU), `alarm`. SIGHUP is not among them: losing the
 * terminal leaves a run training. Neither is SIGUSR1, see no_debugger.ts.
 */
export const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGQUIT", "SIGUSR2", "SIGXCPU", "SIGALRM"] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];

/** Returns the exit status of a process that a signal ended, as a shell reports it: 128 + its number. */
export function signalStatus(signal: StopSignal): number {
  return 128 + constants.signals[signal];
}
