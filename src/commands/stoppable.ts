/** Work in a command that a signal stops, so that it can end its child processes and remove what is incomplete. */
import { signalStatus, STOP_SIGNALS, type StopSignal } from "../stop_signals.ts";

/**
 * Runs work that returns an exit status, and aborts it at the first stop signal. Returns the signal's exit status then,
 * once the work has ended.
 */
export async function stoppable(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const control = new AbortController();
  let received: StopSignal | undefined;
  const listeners = STOP_SIGNALS.map((signal) => {
    const listener = () => {
      received ??= signal;
      control.abort();
    };
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  try {
    return await work(control.signal);
  } catch (error) {
    if (received === undefined) throw error;
    return signalStatus(received);
  } finally {
    for (const remove of listeners) remove();
  }
}
