/** Everything a view shows, as one value; the only way it changes is `reduce`. */
import type { EpochFigures, EventOf, PhaseName, RunEvent } from "../../events.ts";
import { changeCharts, type ChartChange, type ChartView, initialChartView } from "./chart_view.ts";
import { stripControl } from "../../text.ts";
import { cleanEvent } from "../session/clean.ts";
import { foldEvent } from "./fold.ts";
import type { PaneName } from "../layout/layout.ts";
import { changeLog, INITIAL_LOG_VIEW, type LogChange, type LogView } from "./log_view.ts";

export type Role = "owner" | "watch";

export interface Epoch extends EpochFigures {
  readonly seconds: number;
  readonly learning_rate: number;
}

/** One thing that is made ready before the run: an engine, weights, data. */
export interface SetupStep {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly unit: EventOf<"progress">["unit"];
}

export interface LogEntry {
  readonly time: string;
  readonly level: "info" | "warn" | "error";
  readonly text: string;
}

export interface RateSample {
  /** Seconds since the phase began. */
  readonly seconds: number;
  readonly perSecond: number;
}

export interface Message {
  readonly text: string;
  readonly tone: "info" | "error";
  /** Milliseconds since the epoch; it stays for a while. */
  readonly at: number;
}

export interface DashboardState {
  readonly role: Role;
  /** Whether this viewer may only look. */
  readonly readOnly: boolean;
  readonly id: string | null;
  readonly directory: string | null;
  /** What commands begin with where this viewer was started: `deno task` or `headlight`. */
  readonly command: string;
  /** The folder in which commands find a run by its id; null where that does not matter. */
  readonly runs: string | null;
  /** Whether a trainer is there to take commands; null until the connection stands. */
  readonly live: boolean | null;

  readonly run: EventOf<"run"> | null;
  readonly phase: { readonly name: PhaseName; readonly total: number; readonly startedAt: number } | null;
  readonly progress: EventOf<"progress"> | null;
  readonly setup: readonly SetupStep[];
  readonly rates: readonly RateSample[];
  readonly epochs: readonly Epoch[];
  /** Another run, laid over this one in the charts. */
  readonly beside: { readonly id: string; readonly epochs: readonly Epoch[] } | null;
  readonly earlyStopping: EventOf<"early_stopping"> | null;
  /** In the order written; of kind best and last only the newest. */
  readonly checkpoints: readonly EventOf<"checkpoint">[];
  readonly control: "running" | "paused" | "stopping";
  readonly log: readonly LogEntry[];
  readonly system: EventOf<"system"> | null;
  readonly confusion: EventOf<"confusion"> | null;
  readonly samples: EventOf<"samples"> | null;
  readonly end: EventOf<"end"> | null;
  /** The events ended without `end`: the trainer died. */
  readonly lost: boolean;
  /** Milliseconds since the epoch, from the events' own times; 0 before the first. */
  readonly startedAt: number;
  readonly lastEventAt: number;

  /** The viewer's own. */
  readonly now: number;
  readonly columns: number;
  readonly rows: number;
  readonly ascii: boolean;
  readonly focus: PaneName | null;
  readonly zoom: PaneName | null;
  readonly help: boolean;
  readonly quitAsked: boolean;
  readonly message: Message | null;
  /** When ctrl-c was last pressed for the first time. */
  readonly interruptedAt: number | null;
  /** A pause was asked for from here and may not have taken effect yet: the same key takes it back. */
  readonly pauseAsked: boolean;
  /** Whether the parameter pane shows the base block by block. */
  readonly baseOpen: boolean;
  /** How the charts are drawn, and what of the log is shown. */
  readonly charts: ChartView;
  readonly logView: LogView;
}

/** What changes the state besides the run's events. */
export type LocalAction =
  | { readonly type: "connected"; readonly id: string; readonly directory: string; readonly live: boolean }
  | { readonly type: "lost" }
  | { readonly type: "tick"; readonly now: number }
  | { readonly type: "resize"; readonly columns: number; readonly rows: number }
  | { readonly type: "message"; readonly text: string; readonly tone: Message["tone"] }
  | { readonly type: "ask_quit"; readonly asked: boolean }
  | { readonly type: "help"; readonly open: boolean }
  | { readonly type: "focus"; readonly pane: PaneName | null }
  | { readonly type: "zoom"; readonly pane: PaneName | null }
  | { readonly type: "interrupted"; readonly at: number }
  | { readonly type: "pause_asked"; readonly asked: boolean }
  | { readonly type: "base"; readonly open: boolean }
  | { readonly type: "beside"; readonly id: string; readonly epochs: readonly Epoch[] }
  | { readonly type: "charts"; readonly change: ChartChange }
  | { readonly type: "log_view"; readonly change: LogChange };

export interface InitialOptions {
  readonly role: Role;
  /** Which run: known before anything has been heard of it. */
  readonly run?: { readonly id: string; readonly path: string };
  readonly now: number;
  readonly columns?: number;
  readonly rows?: number;
  readonly ascii?: boolean;
  readonly readOnly?: boolean;
  readonly runs?: string;
  readonly command?: string;
}

/** The state before anything has been heard of the run. */
export function initialState(options: InitialOptions): DashboardState {
  return {
    role: options.role,
    readOnly: options.readOnly ?? false,
    id: options.run?.id ?? null,
    directory: options.run?.path ?? null,
    command: options.command ?? "deno task",
    runs: options.runs ?? null,
    live: null,
    run: null,
    phase: null,
    progress: null,
    setup: [],
    rates: [],
    epochs: [],
    beside: null,
    earlyStopping: null,
    checkpoints: [],
    control: "running",
    log: [],
    system: null,
    confusion: null,
    samples: null,
    end: null,
    lost: false,
    startedAt: 0,
    lastEventAt: 0,
    now: options.now,
    columns: options.columns ?? 80,
    rows: options.rows ?? 24,
    ascii: options.ascii ?? false,
    focus: null,
    zoom: null,
    help: false,
    quitAsked: false,
    message: null,
    interruptedAt: null,
    pauseAsked: false,
    baseOpen: false,
    charts: initialChartView(options.ascii ?? false),
    logView: INITIAL_LOG_VIEW,
  };
}

/** The state after a run's event or something local. Pure; an event of an unknown type changes nothing. */
export function reduce(state: DashboardState, change: RunEvent | LocalAction): DashboardState {
  return "seq" in change ? foldEvent(state, cleanEvent(change)) : applyLocal(state, change);
}

function applyLocal(state: DashboardState, action: LocalAction): DashboardState {
  switch (action.type) {
    case "connected":
      return { ...state, id: action.id, directory: action.directory, live: action.live };
    case "lost":
      return { ...state, lost: true, live: false };
    case "tick":
      return { ...state, now: action.now };
    case "resize":
      return { ...state, columns: action.columns, rows: action.rows };
    case "message":
      return { ...state, message: { text: action.text, tone: action.tone, at: state.now } };
    case "ask_quit":
      return { ...state, quitAsked: action.asked, help: false };
    case "help":
      return { ...state, help: action.open };
    case "focus":
      return { ...state, focus: action.pane, zoom: state.zoom === null ? null : action.pane };
    case "zoom":
      return { ...state, zoom: action.pane };
    case "interrupted":
      return { ...state, interruptedAt: action.at };
    case "pause_asked":
      return { ...state, pauseAsked: action.asked };
    case "beside":
      return { ...state, beside: { id: stripControl(action.id), epochs: action.epochs } };
    case "base":
      return { ...state, baseOpen: action.open };
    case "charts":
      return { ...state, charts: changeCharts(state.charts, action.change, state.epochs.length) };
    case "log_view":
      return { ...state, logView: changeLog(state.logView, action.change, state.log) };
  }
}
