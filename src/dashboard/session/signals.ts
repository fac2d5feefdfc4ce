/** Handles the signals to a viewer. */
import process from "node:process";
import { STOP_SIGNALS, type StopSignal } from "../../stop_signals.ts";
import { IGNORES_HANG_UP } from "./hang_up.ts";

export type ViewerSignal = StopSignal | "SIGHUP";

const SIGNALS: readonly ViewerSignal[] = [...STOP_SIGNALS, "SIGHUP"];

/** The signals received since `holdSignals`. */
const held: ViewerSignal[] = [];
let stopHolding = (): void => {};

/**
 * Keeps every signal for `listenForSignals`. A viewer that has started to write a run's folder cannot act on a signal
 * at first. If a signal ended it at that time, it would leave behind a run that never started.
 */
export function holdSignals(): void {
  stopHolding = listen((signal) => held.push(signal));
}

/** Calls `onSignal` for each signal, starting with the held ones. Returns a function that stops listening. */
export function listenForSignals(onSignal: (signal: ViewerSignal) => void): () => void {
  const stopListening = listen(onSignal);
  stopHolding();
  for (const signal of held.splice(0)) onSignal(signal);
  return stopListening;
}

/**
 * Listens for all signals, so that none of them ends the process. Uses node's `process` instead of
 * `Deno.addSignalListener`: Ink's signal-exit kills the process if `process` has no other listener.
 */
function listen(onSignal: (signal: ViewerSignal) => void): () => void {
  const listeners = SIGNALS.map((signal) => ({
    signal,
    listener: () => {
      // Deno has replaced the inherited disposition and would exit without a listener. This one ignores the hang-up.
      if (signal !== "SIGHUP" || !IGNORES_HANG_UP) onSignal(signal);
    },
  }));
  for (const { signal, listener } of listeners) process.on(signal, listener);
  return () => {
    for (const { signal, listener } of listeners) process.off(signal, listener);
  };
}
