/** The signals that reach a viewer. */
import process from "node:process";
import { DEAF_TO_HANG_UP } from "./hang_up.ts";

export type ViewerSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

const SIGNALS: readonly ViewerSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Calls `onSignal` for each; returns how to stop listening. While listening, none of them ends the process. Through
 * node's `process`, not `Deno.addSignalListener`: Ink's signal-exit kills the process where it finds no other listener
 * there.
 */
export function listenForSignals(onSignal: (signal: ViewerSignal) => void): () => void {
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
