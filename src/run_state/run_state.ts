/**
 * The state of a run as one value: the fold of its events. The dashboard, plain lines, plots and cards all read it.
 * Texts and paths in it are safe to draw.
 */
import { basename } from "node:path";
import type { DiskNeed } from "../disk.ts";
import type { EpochFigures, EventOf, PhaseName, RunEvent } from "../events.ts";
import { stripControl } from "../text.ts";
import { sayAsVersion2 } from "./version_1.ts";

export interface Epoch extends EpochFigures {
  readonly seconds: number;
  readonly learning_rate: number;
}

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

export type DamagedCheckpoint = NonNullable<EventOf<"resume">["damaged"]>[number];

/** The fields that contain the best epoch: `end`, and until then the early stopping event after each epoch. */
type SaysBest = Pick<RunState, "end" | "earlyStopping">;

export interface RunState {
  /**
   * The `run` event: data, model, parameters and notices. Once training begins, its numbers of images are those that
   * could be decoded.
   */
  readonly facts: EventOf<"run"> | null;
  /** The majority baseline and the class weights. null before training, and in older runs. */
  readonly classes: EventOf<"classes"> | null;
  /** How much of the base is in bfloat16. null before the first features, in float32, and in older runs. */
  readonly rounding: EventOf<"rounding"> | null;
  readonly phase: { readonly name: PhaseName; readonly total: number; readonly startedAt: number } | null;
  readonly progress: EventOf<"progress"> | null;
  readonly setup: readonly SetupStep[];
  readonly rates: readonly RateSample[];
  /** The last measured rate of computing features, in images per second, also after that phase. Null if none was. */
  readonly featureRate: number | null;
  readonly pauses: Pauses;
  /** The ends of recent epochs; the newest one is the last. */
  readonly epochEnds: readonly EpochEnd[];
  readonly epochs: readonly Epoch[];
  readonly earlyStopping: EventOf<"early_stopping"> | null;
  /**
   * Those that are kept for their figure, the best one first, whose times are not known. Then the others in the order in
   * which they were written; of the kinds best and last, only the newest.
   */
  readonly checkpoints: readonly EventOf<"checkpoint">[];
  /** The checkpoints that the last resume passed over, because they cannot be used. */
  readonly damaged: readonly DamagedCheckpoint[];
  /** The place where the run was last resumed; null if it never was. */
  readonly resumedAt: Pick<EventOf<"resume">, "epoch" | "step"> | null;
  readonly control: "running" | "paused" | "stopping";
  /** What a run waits for that has paused by itself because a disk has no room. */
  readonly waitsFor: RoomWait | null;
  readonly log: readonly LogEntry[];
  readonly system: EventOf<"system"> | null;
  readonly confusion: EventOf<"confusion"> | null;
  readonly samples: EventOf<"samples"> | null;
  readonly end: EventOf<"end"> | null;
  /**
   * Milliseconds since 1970, from the time of the first event; 0 before it. In a resumed run it is as much earlier than
   * the resume as the run had worked until then, so that the time since then counts the work only.
   */
  readonly startedAt: number;
  readonly lastEventAt: number;
}

/** The state of a run without any events. */
export const SILENT_RUN: RunState = {
  facts: null,
  classes: null,
  rounding: null,
  phase: null,
  progress: null,
  setup: [],
  rates: [],
  featureRate: null,
  pauses: { totalMs: 0, since: null },
  epochEnds: [],
  epochs: [],
  earlyStopping: null,
  checkpoints: [],
  damaged: [],
  resumedAt: null,
  control: "running",
  waitsFor: null,
  log: [],
  system: null,
  confusion: null,
  samples: null,
  end: null,
  startedAt: 0,
  lastEventAt: 0,
};

/** What is measured within one phase. */
const PHASE_START = { progress: null, rates: [], pauses: SILENT_RUN.pauses, epochEnds: [] } as const;

const LOG_LINES_KEPT = 500;
/**
 * Ends of epochs are kept at least half a second apart. This many cover twenty epochs, or ten seconds of faster ones.
 */
const EPOCH_ENDS_KEPT = 21;
const EPOCH_ENDS_APART_MS = 500;
/** Twice the number of dots across a wide chart, so that none are missing on screen. */
const RATE_SAMPLES_KEPT = 600;

/** Returns the state after several events that follow the state `before`. */
export function runStateOf(events: Iterable<RunEvent>, before: RunState = SILENT_RUN): RunState {
  // This array is modified in place until it is returned. Copying it for each epoch would take seconds for 100,000
  // epochs.
  let epochs = [...before.epochs];
  let state: RunState = { ...before, epochs };
  for (const event of events) {
    if (event.type !== "epoch") {
      state = afterEvent(state, event);
      if (event.type === "resume") {
        epochs = [...state.epochs];
        state = { ...state, epochs };
      }
      continue;
    }
    while ((epochs.at(-1)?.epoch ?? 0) >= event.epoch) epochs.pop();
    epochs.push(event);
    state = { ...state, ...times(state, event), epochEnds: withEpochEnd(state, event) };
  }
  const same = epochs.length === before.epochs.length && epochs.at(-1) === before.epochs.at(-1);
  return same ? { ...state, epochs: before.epochs } : state;
}

/** Returns the state after one more event. Pure. */
export function afterEvent(state: RunState, event: RunEvent): RunState {
  return { ...state, ...times(state, event), ...changes(state, event) };
}

function times({ startedAt }: RunState, { time }: RunEvent): Pick<RunState, "startedAt" | "lastEventAt"> {
  const at = Date.parse(time);
  return { startedAt: startedAt || at, lastEventAt: at };
}

function changes(state: RunState, event: RunEvent): Partial<RunState> {
  switch (event.type) {
    case "run":
      return {
        facts: { ...event, directory: stripControl(event.directory) },
        log: withNotices(state.log, event),
      };
    case "classes":
      return { classes: event, facts: withDecoded(state.facts, event) };
    case "rounding":
      return { rounding: event };
    case "phase":
      return {
        ...PHASE_START,
        phase: { name: event.name, total: event.total, startedAt: Date.parse(event.time) },
      };
    case "progress":
      return afterProgress(state, event);
    case "epoch":
      // A resumed run says epochs again of which its log has lost some, or that it trains again.
      return {
        epochs: [...before(state.epochs, event.epoch), event],
        epochEnds: withEpochEnd(state, event),
      };
    case "early_stopping":
      return { earlyStopping: sayAsVersion2(event, state.epochs, state.earlyStopping) };
    case "checkpoint":
      return {
        checkpoints: withCheckpoint(state.checkpoints, { ...event, path: stripControl(event.path) }),
        // Its name may be that of a damaged one, which it replaces.
        damaged: state.damaged.filter(({ name }) => name !== basename(event.path)),
      };
    case "control":
      return {
        control: event.state === "resumed" ? "running" : event.state,
        waitsFor: waitAfter(event),
        pauses: afterControl(state.pauses, event),
      };
    case "resume":
      return afterResume(state, event);
    case "log": {
      const entry = { time: event.time, level: event.level, text: event.text };
      return { log: withEntries(state.log, [entry]) };
    }
    case "confusion":
      return { confusion: event };
    case "samples":
      return { samples: event };
    case "system":
      return { system: event };
    case "end":
      return { end: { ...event, directory: stripControl(event.directory) } };
  }
}

function withEntries(log: readonly LogEntry[], entries: readonly LogEntry[]): readonly LogEntry[] {
  return [...log, ...entries].slice(-LOG_LINES_KEPT);
}

/** Adds the run's notices to the log as warnings, because the log has room to show them in full. */
function withNotices(log: readonly LogEntry[], { notices, time }: EventOf<"run">): readonly LogEntry[] {
  const logged = new Set(log.map(({ text }) => text));
  const missing = notices.filter((text) => !logged.has(text));
  return withEntries(log, missing.map((text) => ({ time, level: "warn", text })));
}

function withEpochEnd({ epochEnds, pauses }: RunState, { epoch, time }: EventOf<"epoch">): readonly EpochEnd[] {
  const [before, last] = epochEnds.slice(-2);
  const isClose = before && last && last.at - before.at < EPOCH_ENDS_APART_MS;
  const kept = isClose ? epochEnds.slice(0, -1) : epochEnds;
  return [...kept, { epoch, at: Date.parse(time) - pauses.totalMs }].slice(-EPOCH_ENDS_KEPT);
}

function afterControl({ totalMs, since }: Pauses, { state, time }: EventOf<"control">): Pauses {
  const at = Date.parse(time);
  if (state === "paused") return { totalMs, since: since ?? at };
  return { totalMs: totalMs + (since === null ? 0 : at - since), since: null };
}

/** Returns the epochs before one. Almost always these are all of them, and a copy of thousands would only be garbage. */
function before(epochs: readonly Epoch[], epoch: number): readonly Epoch[] {
  return (epochs.at(-1)?.epoch ?? 0) < epoch ? epochs : epochs.filter((one) => one.epoch < epoch);
}

function waitAfter({ disk, time }: EventOf<"control">): RoomWait | null {
  return disk ? { ...disk, path: stripControl(disk.path), since: Date.parse(time) } : null;
}

/** Returns what holds where a run goes on: nothing from after that place, and not the time that nobody worked on it. */
function afterResume(state: RunState, event: EventOf<"resume">): Partial<RunState> {
  const at = Date.parse(event.time);
  const { seq, time, v, early_stopping: earlyStopping, epoch: restored, step, damaged = [], seconds } = event;
  const { checkpoint } = event;
  const gapMs = state.startedAt === 0 ? 0 : Math.max(0, at - state.lastEventAt);
  const text = checkpoint === null ? "resumed without a checkpoint" : `resumed from ${checkpoint}`;
  const holds = <T extends { readonly epoch: number }>(said: T | null) => said && said.epoch <= restored ? said : null;
  return {
    ...PHASE_START,
    phase: null,
    setup: [],
    epochs: state.epochs.filter(({ epoch }) => epoch <= restored),
    earlyStopping: earlyStopping && { seq, time, v, ...earlyStopping },
    checkpoints: state.checkpoints.filter((saved) =>
      (saved.epoch < restored || (saved.epoch === restored && saved.step <= step)) &&
      !damaged.some(({ name }) => name === basename(saved.path))
    ),
    damaged,
    resumedAt: { epoch: restored, step },
    control: "running",
    waitsFor: null,
    log: withEntries(state.log, [{ time, level: "info", text, gapMs }]),
    confusion: holds(state.confusion),
    samples: holds(state.samples),
    end: null,
    startedAt: at - (seconds.prepare + seconds.extract + seconds.train) * 1000,
  };
}

function afterProgress(state: RunState, event: EventOf<"progress">): Partial<RunState> {
  if (event.phase === "prepare") return { progress: event, setup: withStep(state.setup, event) };
  if (event.phase !== "extract" || event.per_second === null || !state.phase) return { progress: event };
  const sample = { seconds: (Date.parse(event.time) - state.phase.startedAt) / 1000, perSecond: event.per_second };
  return {
    progress: event,
    rates: thinned([...state.rates, sample], RATE_SAMPLES_KEPT),
    featureRate: event.per_second,
  };
}

/** Returns one entry per label, in the order in which the steps started. */
function withStep(steps: readonly SetupStep[], event: EventOf<"progress">): readonly SetupStep[] {
  const { label = "setting up", done, total, unit } = event;
  const known = steps.find((step) => step.label === label);
  if (!known) return [...steps, { label, done, total, unit, startedAt: Date.parse(event.time) }];
  return steps.map((step) => (step === known ? { ...known, done, total, unit } : step));
}

/**
 * Adds a checkpoint. `best` and `last` are links to one checkpoint each; requested ones are all kept. Those that are
 * kept for their figure are always said together.
 */
function withCheckpoint(
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

/** Drops every second sample if there are more than `limit`, so that the spacing stays even. */
function thinned<T>(samples: readonly T[], limit: number): readonly T[] {
  return samples.length <= limit ? samples : samples.filter((_, index) => index % 2 === 0);
}

/**
 * Returns the phase of a run, or null if it is not known. The end of a log may not contain the `phase` event. Events
 * that only occur in one phase then show it.
 */
export function phaseOf(state: Omit<RunState, "end">): PhaseName | null {
  const { phase, progress, epochs, earlyStopping, checkpoints, confusion, samples, facts } = state;
  if (phase || progress) return progress?.phase ?? phase?.name ?? null;
  const trains = epochs.length > 0 || earlyStopping || checkpoints.length > 0 || confusion || samples;
  return trains ? "train" : facts && "prepare";
}

/** Returns the best epoch so far, counted from 1, or null if no epoch has the monitored figure. */
export function bestEpochOf({ end, earlyStopping }: SaysBest): number | null {
  return end?.best?.epoch ?? earlyStopping?.best_epoch ?? null;
}

/** Returns the notices of a run. The `end` event repeats the first ones and adds those that came up later. */
export function noticesOf(
  { facts, rounding, end }: Pick<RunState, "facts" | "rounding" | "end">,
): readonly string[] {
  const early = rounding?.notice ?? null;
  return end?.notices ?? [...facts?.notices ?? [], ...(early === null ? [] : [early])];
}

/** Returns the `run` event with the numbers of images that could be decoded, which the run really uses. */
function withDecoded(facts: RunState["facts"], { per_class: sizes }: EventOf<"classes">): RunState["facts"] {
  if (!facts || !sizes) return facts;
  const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0);
  const dataset = { ...facts.dataset, per_class: sizes, train: sum(sizes.train), validation: sum(sizes.validation) };
  return { ...facts, dataset };
}
