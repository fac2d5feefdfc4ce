/** The notifications of `--notify`, each one JSON object. Pure. */
import type { Monitor, RunOptions } from "../../config.ts";
import { type DiskNeed, diskText } from "../../disk.ts";
import type { EpochFigures, EventBody, EventOf } from "../../events.ts";
import type { RunDirectory } from "../folder/directory.ts";

/** What every notification says about its run. */
export interface NotifiedRun {
  readonly id: string;
  readonly name: string | null;
  readonly host: string;
  readonly monitor: Monitor;
  readonly paths: NotifiedPaths;
}

/** The paths of the run's files, which need not exist. */
export interface NotifiedPaths {
  readonly run: string;
  readonly history: string;
  readonly events: string;
  readonly log: string;
}

/** Returns what every notification says about a run. */
export function notifiedRun(
  { id, path, history, events, trainerLog }: RunDirectory,
  { name, monitor }: Pick<RunOptions, "name" | "monitor">,
  host: string,
): NotifiedRun {
  return { id, name: name ?? null, host, monitor, paths: { run: path, history, events, log: trainerLog } };
}

/** The kinds of notifications. */
export const NOTIFIED = ["end", "nan", "disk"] as const;

/** A notification, as it is sent. */
export interface Notification {
  readonly event: typeof NOTIFIED[number];
  /** A sentence that says the same. Chat services show the field of this name. */
  readonly text: string;
  readonly run: string;
  readonly name: string | null;
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** The number of finished epochs. */
  readonly epochs: number;
  readonly monitor: Monitor;
  /** The figures of the best epoch, or null if there is none. */
  readonly best: EpochFigures | null;
  /** Why the run ended, as in its `end` event; null if it goes on. */
  readonly reason: EventOf<"end">["reason"] | null;
  /** Null if the run goes on. */
  readonly exit_status: number | null;
  /** What is wrong, in one line, or null. */
  readonly error: string | null;
  /** The disk that has no room, for which the run waits, or null. */
  readonly disk: DiskNeed | null;
  readonly paths: NotifiedPaths;
}

type EndBody = Extract<EventBody, { type: "end" }>;
/** How far a run has trained. */
export type Reached = Pick<EndBody, "epochs" | "best">;

/** Returns the notification of the end of a run. */
export function endNotification(run: NotifiedRun, end: EndBody, exitStatus: number, now: Date): Notification {
  const error = end.error ?? null;
  const status = exitStatus === 0 ? "" : `, exit status ${exitStatus}`;
  const words = `ended (${end.reason}${status})${error === null ? "" : `: ${error}`}`;
  const what = { reason: end.reason, exit_status: exitStatus, error, disk: null };
  return notification(end.reason === "nan" ? "nan" : "end", { run, reached: end, words, now }, what);
}

/** Returns the notification that a run waits because a disk has no room. */
export function diskNotification(run: NotifiedRun, disk: DiskNeed, reached: Reached, now: Date): Notification {
  const what = { reason: null, exit_status: null, error: null, disk };
  return notification("disk", { run, reached, words: `is paused: ${diskText(disk)}`, now }, what);
}

interface Told {
  readonly run: NotifiedRun;
  readonly reached: Reached;
  readonly words: string;
  readonly now: Date;
}

function notification(
  event: Notification["event"],
  { run: { id, name, host, monitor, paths }, reached: { epochs, best }, words, now }: Told,
  what: Pick<Notification, "reason" | "exit_status" | "error" | "disk">,
): Notification {
  const figure = best?.[monitor];
  const known = best && typeof figure === "number";
  const sentence = `Run ${name ?? id} on ${host} ${words}`.replace(/\.?$/, ".");
  return {
    event,
    text: known ? `${sentence} Best ${monitor} ${figure.toFixed(4)} in epoch ${best.epoch}.` : sentence,
    ...{ run: id, name, host, time: now.toISOString() },
    ...what,
    ...{ epochs, monitor, best, paths },
  };
}
