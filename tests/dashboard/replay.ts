/** Turns recorded streams into states. */
import { EVENT_VERSION, type EventBody, parseEvent, type RunEvent } from "../../src/events.ts";
import { PANES } from "../../components/panes.ts";
import { intentOf } from "../../src/dashboard/keys/keys.ts";
import { outcomeOf } from "../../src/dashboard/keys/outcome.ts";
import { type DashboardState, initialState, reduce } from "../../src/dashboard/view/state.ts";
import type { ViewAction, ViewState } from "../../src/dashboard/view/view_state.ts";
import type { RunState } from "../../src/run_state/run_state.ts";

export type StreamName = "lesson" | "extracting" | "nan" | "overfit";

export function stream(name: StreamName): RunEvent[] {
  const text = Deno.readTextFileSync(new URL(`../fixtures/runs/${name}.jsonl`, import.meta.url));
  return text.trim().split("\n").flatMap((line) => parseEvent(JSON.parse(line)) ?? []);
}

export const START = initialState({ role: "owner", now: 0, panes: PANES });

/** Returns the state with parts of it replaced. */
export function changed(
  { run, view }: DashboardState,
  change: { readonly run?: Partial<RunState>; readonly view?: Partial<ViewState> },
): DashboardState {
  return { run: { ...run, ...change.run }, view: { ...view, ...change.view } };
}

export function replay(
  changes: readonly (RunEvent | ViewAction)[],
  from: DashboardState = START,
): DashboardState {
  return changes.reduce(reduce, from);
}

/** Returns the state after keys that change only the view. */
export function pressed(state: DashboardState, ...keys: readonly string[]): DashboardState {
  return keys.reduce((before, key) => {
    const intent = intentOf(before, key);
    return intent ? replay(outcomeOf(before, intent).actions, before) : before;
  }, state);
}

/** Returns the lesson's run right after an epoch's early-stopping figures. */
export function lessonAfter(epoch: number): DashboardState {
  const events = stream("lesson");
  const at = events.findIndex((event, index) =>
    event.type === "early_stopping" && events[index - 1]?.type === "epoch" &&
    replay(events.slice(0, index)).run.epochs.length === epoch
  );
  return replay([{ type: "connected", id: "x", directory: "/x", live: true }, ...events.slice(0, at + 1)]);
}

/** Returns an event made of its body alone, `seconds` after the epoch. */
export function event(body: EventBody, seconds = 1, seq = 1): RunEvent {
  return { seq, time: new Date(seconds * 1000).toISOString(), v: EVENT_VERSION, ...body };
}
