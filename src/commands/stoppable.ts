/** Work in a command that a signal stops, so that it can end its child processes and remove what is incomplete. */
import { watchJob } from "../run/system/slurm_step.ts";
import { signalStatus, STOP_SIGNALS, type StopSignal } from "../stop_signals.ts";

/** A stop signal ended a command's work. The command exits with the signal's status and prints no error. */
export class StoppedError extends Error {
  constructor(readonly exitStatus: number, options?: ErrorOptions) {
    super("a signal stopped the command", options);
  }
}

/**
 * Runs work that returns an exit status, and aborts it at the first stop signal. Returns the signal's exit status then,
 * once the work has ended.
 */
export async function stoppable(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  try {
    return await untilStopped(work);
  } catch (error) {
    if (error instanceof StoppedError) return error.exitStatus;
    throw error;
  }
}

/**
 * Runs work, aborts it at the first stop signal or the end of its Slurm job, and returns its result.
 * @throws StoppedError if the work failed after a signal, once it has ended
 */
export async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const control = new AbortController();
  let received: StopSignal | undefined;
  const stop = (signal: StopSignal) => {
    received ??= signal;
    control.abort();
  };
  const leaveJob = watchJob(() => stop("SIGTERM"));
  const listeners = STOP_SIGNALS.map((signal) => {
    const listener = () => stop(signal);
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  try {
    return await work(control.signal);
  } catch (error) {
    if (received === undefined) throw error;
    throw new StoppedError(signalStatus(received), { cause: error });
  } finally {
    leaveJob();
    for (const remove of listeners) remove();
  }
}
