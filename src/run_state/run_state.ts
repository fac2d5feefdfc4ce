/**
 * The state of a run as one value: the fold of its events. The dashboard, plain lines, plots and cards all read it.
 * Texts and paths in it are safe to draw.
 */
import { basename } from "node:path";
import { columnsOf } from "../columns.ts";
import type { EpochFigures, EventOf, PhaseName, RunEvent } from "../events.ts";
import { byClassFigure, byFigure } from "../metrics.ts";
import { Sequence } from "../sequence.ts";
import { stripControl } from "../text.ts";
import {
  afterControl,
  type EpochEnd,
  type LogEntry,
  type Pauses,
  type RateSample,
  type RoomWait,
  type SetupStep,
  waitAfter,
  withCheckpoint,
  withDecoded,
  withEntries,
  withEpochEnd,
  withNotices,
  withRate,
  withStep,
} from "./state_parts.ts";
import { sayAsVersion2 } from "./version_1.ts";

export interface Epoch extends EpochFigures {
  readonly seconds: number;
  readonly learning_rate: number;
}

const epochColumns = columnsOf<Epoch>({
  epoch: true,
  ...byFigure(() => true),
  ...byClassFigure(() => true),
  seconds: true,
  learning_rate: true,
});

/** Returns the sequence of these epochs, of which only the properties of `Epoch` are kept. */
export function epochsOf(epochs: Iterable<Epoch> = []): Sequence<Epoch> {
  return Sequence.of(epochs, epochColumns());
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
  /** The notices that came up after the `run` event and stay on the screen. */
  readonly lateNotices: readonly string[];
  readonly phase: { readonly name: PhaseName; readonly total: number; readonly startedAt: number } | null;
  readonly progress: EventOf<"progress"> | null;
  readonly setup: readonly SetupStep[];
  readonly rates: readonly RateSample[];
  /** The last measured rate of computing features, in images per second, also after that phase. Null if none was. */
  readonly featureRate: number | null;
  readonly pauses: Pauses;
  /** The ends of recent epochs; the newest one is the last. */
  readonly epochEnds: readonly EpochEnd[];
  readonly epochs: Sequence<Epoch>;
  readonly earlyStopping: EventOf<"early_stopping"> | null;
  /**
   * Those that are kept for their figure, the best one first, whose times are not known. Then the others in the order
   * in which they were written; of the kinds best and last, only the newest.
   */
  readonly checkpoints: readonly EventOf<"checkpoint">[];
  /** The checkpoints that the last resume passed over, because they cannot be used. */
  readonly damaged: readonly DamagedCheckpoint[];
  /** The place where the run was last resumed; null if it never was. */
  readonly resumedAt: Pick<EventOf<"resume">, "epoch" | "step" | "seq"> | null;
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
  lateNotices: [],
  phase: null,
  progress: null,
  setup: [],
  rates: [],
  featureRate: null,
  pauses: { totalMs: 0, since: null },
  epochEnds: [],
  epochs: epochsOf(),
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

/** Returns the state after several events that follow the state `before`. */
export function runStateOf(events: Iterable<RunEvent>, before: RunState = SILENT_RUN): RunState {
  let state = before;
  for (const event of events) state = afterEvent(state, event);
  return state;
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
        epochs: upTo(state.epochs, event.epoch - 1).with(event),
        epochEnds: withEpochEnd(state.epochEnds, state.pauses, event),
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
      const lateNotices = event.stays ? [...state.lateNotices, event.text] : state.lateNotices;
      return { log: withEntries(state.log, [entry]), lateNotices };
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

/** Returns the epochs up to a number. */
function upTo(epochs: Sequence<Epoch>, last: number): Sequence<Epoch> {
  return epochs.first(epochs.column("epoch").firstIndex((epoch) => epoch > last));
}

/** Returns the epoch with this number, or undefined if it is not known, or if the number is null. */
export function epochAt(epochs: Sequence<Epoch>, number: number | null): Epoch | undefined {
  if (number === null) return undefined;
  const numbers = epochs.column("epoch");
  const index = numbers.firstIndex((epoch) => epoch >= number);
  return numbers.at(index) === number ? epochs.at(index) : undefined;
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
    lateNotices: [],
    setup: [],
    epochs: upTo(state.epochs, restored),
    earlyStopping: earlyStopping && { seq, time, v, ...earlyStopping },
    checkpoints: state.checkpoints.filter((saved) =>
      (saved.epoch < restored || (saved.epoch === restored && saved.step <= step)) &&
      !damaged.some(({ name }) => name === basename(saved.path))
    ),
    damaged,
    resumedAt: { epoch: restored, step, seq },
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
  const seconds = (Date.parse(event.time) - state.phase.startedAt) / 1000;
  // The machine's clock may have been set back.
  const sample = { seconds: Math.max(seconds, state.rates.at(-1)?.seconds ?? 0), perSecond: event.per_second };
  return {
    progress: event,
    rates: withRate(state.rates, sample),
    featureRate: event.per_second,
  };
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
  { facts, rounding, lateNotices, end }: Pick<RunState, "facts" | "rounding" | "lateNotices" | "end">,
): readonly string[] {
  const early = rounding?.notice ?? null;
  return end?.notices ?? [...facts?.notices ?? [], ...(early === null ? [] : [early]), ...lateNotices];
}
