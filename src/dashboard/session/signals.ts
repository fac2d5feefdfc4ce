/** The signals that reach a viewer. */
import process from "node:process";
import { STOP_SIGNALS, type StopSignal } from "../../stop_signals.ts";
import { DEAF_TO_HANG_UP } from "./hang_up.ts";

export type ViewerSignal = StopSignal | "SIGHUP";

const SIGNALS: readonly ViewerSignal[] = [...STOP_SIGNALS, "SIGHUP"];

/** What came since `holdSignals`. */
const held: ViewerSignal[] = [];
let stopHolding = (): void => {};

/**
 * Keeps every signal for `listenForSignals`. A viewer that has begun to write a run's folder needs a moment until it is
 * able to act on a signal; one that ended it at once would leave a run that never began.
 */
export function holdSignals(): void {
  stopHolding = listen((signal) => held.push(signal));
}

/** Calls `onSignal` for each, first for those that were held; returns how to stop listening. */
export function listenForSignals(onSignal: (signal: ViewerSignal) => void): () => void {
  const stopListening = listen(onSignal);
  stopHolding();
  for (const signal of held.splice(0)) onSignal(signal);
  return stopListening;
}

/**
 * While listening, none of them ends the process. Through node's `process`, not `Deno.addSignalListener`: Ink's
 * signal-exit kills the process where it finds no other listener there.
 */
function listen(onSignal: (signal: ViewerSignal) => void): () => void {
  const listeners = SIGNALS.map((signal) => ({
    signal,
    listener: () => {
      // Having taken it over, Deno ends at a hang-up that has no listener: one that does nothing ignores it.
      if (signal !== "SIGHUP" || !DEAF_TO_HANG_UP) onSignal(signal);
    },
  }));
  for (const { signal, listener } of listeners) process.on(signal, listener);
  return () => {
    for (const { signal, listener } of listeners) process.off(signal, listener);
  };
}
