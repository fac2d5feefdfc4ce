/** What the exit status of a session's command must be, after what has happened to it. */
import assert from "node:assert/strict";
import type { EventOf } from "../../src/events.ts";
import { standingEvents } from "../../src/run_state/standing_events.ts";
import type { RunDirectory } from "../../src/run/folder/directory.ts";
import { readEvents } from "../../src/run/log/event_log.ts";
import { endsSession, type FaultSignal, isBeforeTraining, nameOf, type Strike } from "./acts.ts";
import type { Viewer } from "./strike.ts";

type End = EventOf<"end"> | null;

/** Returns the end of a run, or null if it has not ended. */
export function endOf(run: RunDirectory): End {
  const last = standingEvents(readEvents(run.events)).findLast(({ type }) => type === "end");
  return last?.type === "end" ? last : null;
}

/** Returns whether a run has ended by itself. */
export function isFinished(end: End): boolean {
  return end?.reason === "completed" || end?.reason === "early_stopping";
}

const STATUSES: Readonly<Record<FaultSignal, number>> = { SIGKILL: 137, SIGTERM: 143, SIGINT: 130, SIGHUP: 129 };

/** How a session has left its run. */
interface Left {
  readonly end: End;
  /** Whether it has written to the log. A resume does only once it has trained a step. */
  readonly taken: boolean;
}

/** Checks the exit status of a session's command, and that the run's end names the signal that ended it. */
export function checkStatus(
  status: number,
  hit: readonly Strike[],
  { end, taken }: Left,
  { detached, stderr }: Viewer,
): void {
  const what = `${hit.map(nameOf).join(", ") || "no strike"}, end ${end?.reason ?? "none"}: ${stderr}`;
  const struck = hit.findLast((strike) => endsSession(strike, detached));
  const allowed = detached ? expectedDetached(hit) : expected(struck, hit, { end, taken });
  assert.ok(allowed.includes(status), `the exit status is ${status} after ${what}`);
  if (struck?.target !== "trainer" || struck.signal === "SIGKILL" || isFinished(end) || !taken) return;
  assert.deepEqual([end?.reason, end?.signal], ["interrupted", struck.signal], what);
}

function expected(struck: Strike | undefined, hit: readonly Strike[], { end, taken }: Left): number[] {
  // Before it listens for signals, even a signal that it ignores later ends a trainer. If the session has written nothing,
  // the end is that of an earlier one, and does not say whether the trainer was listening.
  if (end?.reason === "failed" && hit.some(isEarly)) return [1, ...(struck && !taken ? [STATUSES[struck.signal]] : [])];
  if (!struck) return [0];
  const { target, signal } = struck;
  const ended = STATUSES[signal];
  // The signal may come when the run has ended by itself.
  const late = isFinished(end) ? [0] : [];
  if (signal !== "SIGKILL" && signal !== "SIGHUP") return [ended, ...late];
  // A viewer that loses its terminal leaves the run, which ends itself because it was started without a terminal.
  if (target === "viewer") return signal === "SIGHUP" ? [0, ended] : [ended, ...late];
  return [1, ...late];
}

/**
 * A command that detaches exits a moment after training has begun, in which a strike may still hit it, and reports an
 * end before that.
 */
function expectedDetached(hit: readonly Strike[]): number[] {
  const mayHit = hit.filter((strike) => isBeforeTraining(strike) || strike.target === "viewer");
  return [0, ...mayHit.flatMap(({ signal }) => [1, STATUSES[signal]])];
}

function isEarly({ target, moment }: Strike): boolean {
  return target === "trainer" && moment.during === "start";
}
