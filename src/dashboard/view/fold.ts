/** What each event of a run makes of the state. */
import type { EventOf, RunEvent } from "../../events.ts";
import { isAtStage, type PaneName } from "../layout/layout.ts";
import { stageOf } from "../layout/screen.ts";
import { afterEntry } from "./log_view.ts";
import type { DashboardState, SetupStep } from "./state.ts";

const LOG_LINES_KEPT = 500;
/** Twice as many as a wide chart has dots: nothing is lost on screen. */
const RATE_SAMPLES_KEPT = 600;

/** The state after the event. A pane whose stage has ended loses the focus, and the screen where it was zoomed. */
export function foldEvent(state: DashboardState, event: RunEvent): DashboardState {
  const folded = fold(state, event);
  const stage = stageOf(folded);
  const kept = (pane: PaneName | null) => (pane !== null && isAtStage(pane, stage) ? pane : null);
  return { ...folded, focus: kept(folded.focus), zoom: kept(folded.zoom) };
}

function fold(state: DashboardState, event: RunEvent): DashboardState {
  const at = Date.parse(event.time);
  const timed: DashboardState = {
    ...state,
    startedAt: state.startedAt || at,
    lastEventAt: at,
    now: Math.max(state.now, at),
  };
  switch (event.type) {
    case "run":
      return { ...timed, run: event, id: event.id, directory: event.directory };
    case "phase":
      return { ...timed, phase: { name: event.name, total: event.total, startedAt: at }, progress: null, rates: [] };
    case "progress":
      return foldProgress(timed, event, at);
    case "epoch":
      return { ...timed, epochs: [...timed.epochs, event] };
    case "early_stopping":
      return { ...timed, earlyStopping: event };
    case "checkpoint":
      return { ...timed, checkpoints: foldCheckpoint(timed.checkpoints, event) };
    case "control":
      return { ...timed, control: event.state === "resumed" ? "running" : event.state, pauseAsked: false };
    case "log": {
      const entry = { time: event.time, level: event.level, text: event.text };
      const log = [...timed.log, entry].slice(-LOG_LINES_KEPT);
      return { ...timed, log, logView: afterEntry(timed.logView, entry, log) };
    }
    case "confusion":
      return { ...timed, confusion: event };
    case "samples":
      return { ...timed, samples: event };
    case "system":
      return { ...timed, system: event };
    case "end":
      return {
        ...timed,
        end: event,
        id: event.run,
        directory: event.directory,
        live: false,
        quitAsked: false,
      };
  }
}

function foldProgress(state: DashboardState, event: EventOf<"progress">, at: number): DashboardState {
  if (event.phase === "prepare") return { ...state, progress: event, setup: foldSetup(state.setup, event) };
  if (event.phase !== "extract" || event.per_second === null || !state.phase) return { ...state, progress: event };
  const sample = { seconds: (at - state.phase.startedAt) / 1000, perSecond: event.per_second };
  return { ...state, progress: event, rates: thinned([...state.rates, sample], RATE_SAMPLES_KEPT) };
}

/** One entry a label, in the order in which they began. */
function foldSetup(steps: readonly SetupStep[], event: EventOf<"progress">): readonly SetupStep[] {
  const step = { label: event.label ?? "setting up", done: event.done, total: event.total, unit: event.unit };
  const index = steps.findIndex(({ label }) => label === step.label);
  return index < 0 ? [...steps, step] : steps.map((old, place) => (place === index ? step : old));
}

/** `best` and `last` are links to one checkpoint each; what a person asked for is kept. */
function foldCheckpoint(
  kept: readonly EventOf<"checkpoint">[],
  event: EventOf<"checkpoint">,
): readonly EventOf<"checkpoint">[] {
  return [...kept.filter(({ kind }) => event.kind === "manual" || kind !== event.kind), event];
}

/** Every second one goes once there are too many, so that the spacing stays even. */
function thinned<T>(samples: readonly T[], limit: number): readonly T[] {
  return samples.length <= limit ? samples : samples.filter((_, index) => index % 2 === 0);
}
