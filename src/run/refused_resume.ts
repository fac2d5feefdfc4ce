/**
 * What is said of a resumed run that does not go on, because something differs, cannot be set up, or because the run
 * was stopped before its first step: it is left as it was before.
 */
import { errorLine, HeadlightError, UnusableDataError } from "../errors.ts";
import type { EventBody, RunEvent } from "../events.ts";
import { signalStatus, type StopSignal } from "../stop_signals.ts";
import type { RunDirectory } from "./folder/directory.ts";
import type { Ledger } from "./ledger.ts";
import type { Restored, SaidBefore } from "./resume/restore.ts";

/** Why a run does not go on, and the exit status. */
export interface Refusal {
  /** One line. */
  readonly text: string;
  readonly status: number;
}

/** Returns what is said of a resumed run that a person or a signal stopped before its first step. */
export function stoppedBeforeFirstStep(signal: StopSignal | undefined): Refusal {
  const what = signal === undefined ? "It was stopped on request" : `${signal} stopped it`;
  const text = `${what} before its first step, so the run is as it was before.`;
  return { text, status: signal === undefined ? 0 : signalStatus(signal) };
}

/**
 * Returns why a run cannot go on that has written nothing to its folder yet, or null for a defect of Headlight, which
 * ends the run as failed and is kept in its log.
 */
export function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof HeadlightError)) return null;
  // The run cannot go on with the data that it was given, whichever part of it noticed that.
  return { text: errorLine(error), status: error instanceof UnusableDataError ? 2 : error.exitStatus };
}

/**
 * Returns the events that end such a run: what it was, and how it had ended.
 * @param said what the log says of the run
 * @param end returns the `end` event of a run that had none
 */
export function refusedEvents(
  { id, path }: RunDirectory,
  { said: { run, end }, before }: Pick<Restored, "before"> & { readonly said: SaidBefore },
  { text: refused, status }: Refusal,
  newEnd: (how: Parameters<Ledger["end"]>[2]) => Extract<EventBody, { type: "end" }>,
): EventBody[] {
  // The folder may have been moved since.
  const ended: EventBody = end ? { ...bodyOf(end), run: id, directory: path, refused, exit_status: status } : {
    ...newEnd({ reason: "interrupted" }),
    ...{ notices: before.notices, repeat: before.repeat, refused, exit_status: status },
  };
  return [...(run ? [{ ...bodyOf(run), id, directory: path }] : []), ended];
}

/** Returns an event without its number, time and version, to say it again. */
function bodyOf<E extends RunEvent>({ seq: _seq, time: _time, v: _v, ...body }: E): Omit<E, "seq" | "time" | "v"> {
  return body;
}
