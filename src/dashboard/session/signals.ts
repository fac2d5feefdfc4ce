/** Handles the signals to a viewer. */
import process from "node:process";
import { STOP_SIGNALS, type ViewerSignal } from "../../stop_signals.ts";
import { IGNORES_HANG_UP } from "./hang_up.ts";

const SIGNALS: readonly ViewerSignal[] = [...STOP_SIGNALS, "SIGHUP"];

/** The signals received since `holdSignals`, and those that a view did not use. */
const held: ViewerSignal[] = [];
let stopHolding: (() => void) | null = null;
/** Whether signals are kept after a view has closed, too. */
let betweenViews = false;

/**
 * Keeps every signal for `listenForSignals`. A viewer that has started to write a run's folder cannot act on a signal
 * at first. If a signal ended it at that time, it would leave behind a run that never started.
 */
export function holdSignals(): void {
  stopHolding ??= listen((signal) => held.push(signal));
}

/**
 * Calls `onSignal` for each signal, starting with the held ones. It returns false for a signal that it does not use,
 * because the view closes already. Returns a function that stops listening.
 */
export function listenForSignals(onSignal: (signal: ViewerSignal) => boolean): () => void {
  const take = (signal: ViewerSignal) => {
    if (!onSignal(signal) && betweenViews) held.push(signal);
  };
  const stopListening = listen(take);
  letGo();
  for (const signal of held.splice(0)) take(signal);
  return () => {
    if (betweenViews) holdSignals();
    stopListening();
  };
}

function letGo(): void {
  stopHolding?.();
  stopHolding = null;
}

export interface SignalsBetween {
  /** Returns the first signal that came while no view used signals, or null. */
  first(): ViewerSignal | null;
  /** From now on, signals act as they did before. */
  release(): void;
}

/**
 * Keeps the signals that come between two views. A process that shows several runs one after the other must know that
 * it was told to stop, and by default a signal would end it before it could say what is left.
 */
export function holdBetweenViews(): SignalsBetween {
  betweenViews = true;
  return {
    first: () => held[0] ?? null,
    release: () => {
      betweenViews = false;
      letGo();
      held.length = 0;
    },
  };
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
