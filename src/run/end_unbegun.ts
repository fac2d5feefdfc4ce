/** Ends a run whose trainer was killed by a signal before it could listen for signals. */
import { STOP_SIGNALS, type StopSignal } from "../stop_signals.ts";
import { resolveMode } from "../training/early_stopping.ts";
import type { RunDirectory } from "./folder/directory.ts";
import { readRunConfig } from "./folder/run_config.ts";
import { Ledger } from "./ledger.ts";
import { EventLog } from "./log/event_log.ts";
import { Ownership } from "./owner/ownership.ts";

/**
 * Writes the `end` event that the trainer could not write: `interrupted` for a signal that stops runs, `failed` for any
 * other. A Deno process cannot listen for signals in its first 30 ms. Does nothing if the run has any event.
 */
export function endUnbegun(run: RunDirectory, signal: NodeJS.Signals): void {
  const ownership = Ownership.tryTake(run);
  if (!ownership) return;
  try {
    const log = new EventLog(run.events);
    try {
      writeEnd(run, log, signal);
    } finally {
      log.close();
    }
  } finally {
    ownership.release();
  }
}

function writeEnd(run: RunDirectory, log: EventLog, signal: NodeJS.Signals): void {
  if (log.after(0).length > 0) return;
  const { monitor, mode } = readRunConfig(run.config).options;
  const outcome = isStopSignal(signal)
    ? { reason: "interrupted", signal } as const
    : { reason: "failed", error: `${signal} ended the trainer before the run began. Start the run again.` } as const;
  log.append(new Ledger().end(run, { monitor, mode: resolveMode(mode, monitor) }, outcome));
}

function isStopSignal(signal: string): signal is StopSignal {
  return STOP_SIGNALS.some((known) => known === signal);
}
