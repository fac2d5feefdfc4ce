/** The state of the dashboard as one value: the run, and how it is viewed. It changes only through `reduce`. */
import { basename } from "node:path";
import type { RunEvent } from "../../events.ts";
import { afterEvent, type RunState, SILENT_RUN } from "../../run_state/run_state.ts";
import { stripControl } from "../../text.ts";
import { bytes } from "../text/formats.ts";
import { afterEntry } from "./log_view.ts";
import { currentMessage } from "./message.ts";
import { isAtStage, type PaneName } from "./pane_facts.ts";
import { stageOf } from "./stage.ts";
import {
  afterAction,
  initialView,
  type Message,
  type ViewAction,
  type ViewOptions,
  type ViewState,
} from "./view_state.ts";

export interface DashboardState {
  readonly run: RunState;
  readonly view: ViewState;
}

/** Returns the state before the first event of the run. */
export function initialState(options: ViewOptions): DashboardState {
  return { run: SILENT_RUN, view: initialView(options) };
}

/** Returns the state after a run's event or a viewer's action. Pure. */
export function reduce({ run, view }: DashboardState, change: RunEvent | ViewAction): DashboardState {
  if (!("seq" in change)) return { run: beforeAction(run, change), view: afterAction(view, change, run) };
  const after = afterEvent(run, change);
  // While another trainer starts, the earlier end of the run in its log does not count.
  const next = change.type === "end" && isBeforeGoingOn(view, change) ? { ...after, end: null } : after;
  return { run: next, view: viewAfter(view, change, next) };
}

/** A run whose next trainer starts has not ended, although that trainer has not said so yet. */
function beforeAction(run: RunState, change: ViewAction): RunState {
  return change.type === "go_on" && change.goOn?.stage === "starting" ? { ...run, end: null } : run;
}

/** Returns whether an event is of an earlier session of the run that this viewer lets go on. */
function isBeforeGoingOn({ goOn }: ViewState, { seq }: RunEvent): boolean {
  return goOn?.stage === "starting" && seq <= goOn.after;
}

/** Returns the view after an event. `run` is the run after the event. */
function viewAfter(view: ViewState, event: RunEvent, run: RunState): ViewState {
  const stage = stageOf(run);
  // A pane whose stage has ended loses the focus and the zoom.
  const kept = (name: PaneName | null) => {
    const pane = view.panes.find((candidate) => candidate.name === name);
    return pane && isAtStage(pane, stage) ? name : null;
  };
  return {
    ...view,
    now: Math.max(view.now, run.lastEventAt),
    focus: kept(view.focus),
    zoom: kept(view.zoom),
    ...reaction(view, event, run),
  };
}

/** Returns a message that an action has taken effect, or nothing if the event is old. */
function confirmation({ now }: ViewState, { time }: RunEvent, text: string): Partial<ViewState> {
  const message: Message = { text, tone: "info", at: Date.parse(time) };
  return currentMessage({ message, now }) ? { message } : {};
}

function reaction(view: ViewState, event: RunEvent, run: RunState): Partial<ViewState> {
  switch (event.type) {
    case "run":
      return {
        id: event.id,
        directory: run.facts?.directory ?? view.directory,
        logView: event.notices.reduce((logView) => afterEntry(logView, { level: "warn" }, run.log), view.logView),
      };
    case "control":
      return {
        pauseAsked: false,
        // Another viewer may have resumed the run, so the message that it is paused must not stay.
        ...(event.state !== "stopping" && !event.disk ? confirmation(view, event, event.state) : {}),
      };
    case "resume":
      return {
        logView: afterEntry(view.logView, { level: "info" }, run.log),
        ...(isBeforeGoingOn(view, event) ? {} : { goOn: null, message: null }),
      };
    case "checkpoint": {
      const saved = `saved ${basename(stripControl(event.path))}, ${bytes(event.bytes)}`;
      if (event.kind === "manual") return confirmation(view, event, saved);
      return event.kind === "last" && run.control === "paused" ? confirmation(view, event, `paused, ${saved}`) : {};
    }
    case "log":
      return { logView: afterEntry(view.logView, event, run.log) };
    case "end":
      return {
        ...{ id: event.run, directory: run.end?.directory ?? view.directory, quitAsked: false },
        // What a key announced, such as the stop, has happened by now.
        message: null,
      };
    default:
      return {};
  }
}
