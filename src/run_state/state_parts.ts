/** Parts of a run's state that have a history of their own, and how an event changes each of them. Pure. */
import type { DiskNeed } from "../disk.ts";
import type { EventOf } from "../events.ts";
import { stripControl } from "../text.ts";

/** A step of the set-up: an engine, weights or data. */
export interface SetupStep {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly unit: EventOf<"progress">["unit"];
  /** The start of the step, in milliseconds since 1970. */
  readonly startedAt: number;
}

/** The time at which an epoch ended. */
export interface EpochEnd {
  readonly epoch: number;
  /** Milliseconds since 1970, minus the pauses of the phase until then. */
  readonly at: number;
}

/** The pauses of the current phase. */
export interface Pauses {
  /** The total time of finished pauses, in milliseconds. */
  readonly totalMs: number;
  /** The start of the current pause in milliseconds since 1970, or null. */
  readonly since: number | null;
}

/** A wait for room on a disk. */
export interface RoomWait extends DiskNeed {
  /** Milliseconds since 1970. */
  readonly since: number;
}

export interface LogEntry {
  readonly time: string;
  readonly level: "info" | "warn" | "error";
  readonly text: string;
  /** How long nobody worked on the run before it was resumed, in milliseconds; only in the entry that says so. */
  readonly gapMs?: number;
}

export interface RateSample {
  /** Seconds since the start of the phase. */
  readonly seconds: number;
  readonly perSecond: number;
}

const LOG_LINES_KEPT = 500;
/**
 * Ends of epochs are kept at least half a second apart. This many cover twenty epochs, or ten seconds of faster ones.
 */
const EPOCH_ENDS_KEPT = 21;
const EPOCH_ENDS_APART_MS = 500;
/** Twice the number of dots across a wide chart, so that none are missing on screen. */
const RATE_SAMPLES_KEPT = 600;

/** Adds entries to the log, and drops the oldest ones. */
export function withEntries(log: readonly LogEntry[], entries: readonly LogEntry[]): readonly LogEntry[] {
  return [...log, ...entries].slice(-LOG_LINES_KEPT);
}

/** Adds the run's notices to the log as warnings, because the log has room to show them in full. */
export function withNotices(log: readonly LogEntry[], { notices, time }: EventOf<"run">): readonly LogEntry[] {
  const logged = new Set(log.map(({ text }) => text));
  const missing = notices.filter((text) => !logged.has(text));
  return withEntries(log, missing.map((text) => ({ time, level: "warn", text })));
}

/** Adds the end of an epoch. Of ends that are close to each other, only the last one is kept. */
export function withEpochEnd(
  ends: readonly EpochEnd[],
  { totalMs }: Pauses,
  { epoch, time }: EventOf<"epoch">,
): readonly EpochEnd[] {
  const [before, last] = ends.slice(-2);
  const isClose = before && last && last.at - before.at < EPOCH_ENDS_APART_MS;
  const kept = isClose ? ends.slice(0, -1) : ends;
  return [...kept, { epoch, at: Date.parse(time) - totalMs }].slice(-EPOCH_ENDS_KEPT);
}

/** Returns the pauses after the run was paused or resumed. */
export function afterControl({ totalMs, since }: Pauses, { state, time }: EventOf<"control">): Pauses {
  const at = Date.parse(time);
  if (state === "paused") return { totalMs, since: since ?? at };
  return { totalMs: totalMs + (since === null ? 0 : at - since), since: null };
}

/** Returns what a run waits for after a `control` event, or null. */
export function waitAfter({ disk, time }: EventOf<"control">): RoomWait | null {
  return disk ? { ...disk, path: stripControl(disk.path), since: Date.parse(time) } : null;
}

/** Returns one entry per label, in the order in which the steps started. */
export function withStep(steps: readonly SetupStep[], event: EventOf<"progress">): readonly SetupStep[] {
  const { label = "setting up", done, total, unit } = event;
  const known = steps.find((step) => step.label === label);
  if (!known) return [...steps, { label, done, total, unit, startedAt: Date.parse(event.time) }];
  return steps.map((step) => (step === known ? { ...known, done, total, unit } : step));
}

/**
 * Adds a checkpoint. `best` and `last` are links to one checkpoint each; requested ones are all kept. Those that are
 * kept for their figure are always said together.
 */
export function withCheckpoint(
  saved: readonly EventOf<"checkpoint">[],
  event: EventOf<"checkpoint">,
): readonly EventOf<"checkpoint">[] {
  const kept = (event.kept ?? []).map(({ path, ...facts }) => ({
    ...{ ...event, ...facts, path: stripControl(path) },
    kind: "kept" as const,
    step: 0,
  }));
  const others = saved.filter(({ kind }) => kind === "manual" || (kind !== "kept" && kind !== event.kind));
  return [...kept, ...others, event];
}

/** Adds a sample. Drops every second one if there are too many, so that the spacing stays even. */
export function withRate(rates: readonly RateSample[], sample: RateSample): readonly RateSample[] {
  const all = [...rates, sample];
  return all.length <= RATE_SAMPLES_KEPT ? all : all.filter((_, index) => index % 2 === 0);
}

/** Returns the `run` event with the numbers of images that could be decoded, which the run really uses. */
export function withDecoded(
  facts: EventOf<"run"> | null,
  { per_class: sizes }: EventOf<"classes">,
): EventOf<"run"> | null {
  if (!facts || !sizes) return facts;
  const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0);
  const dataset = { ...facts.dataset, per_class: sizes, train: sum(sizes.train), validation: sum(sizes.validation) };
  return { ...facts, dataset };
}
