/** What a viewer looks at and how: everything of a frame that the run did not say. */
import { bestEpochOf, type RunState } from "../../run_state/run_state.ts";
import { stripControl } from "../../text.ts";
import { changeCharts, type ChartChange, type ChartView, initialChartView } from "./chart_view.ts";
import { changeLog, INITIAL_LOG_VIEW, type LogChange, type LogView } from "./log_view.ts";
import type { PaneFacts, PaneName } from "./pane_facts.ts";

export type Role = "owner" | "watch";

export interface Message {
  readonly text: string;
  readonly tone: "info" | "error";
  /** Milliseconds since the epoch; it stays for a while. */
  readonly at: number;
}

export interface ViewState {
  readonly role: Role;
  /** Whether this viewer may only look. */
  readonly readOnly: boolean;
  /** The run's id and folder, known before it has said anything. */
  readonly id: string | null;
  readonly directory: string | null;
  /** The shortest start of the id by which commands find the run in its folder; null until it is known. */
  readonly shortId: string | null;
  /** What commands begin with where this viewer was started: `deno task` or `headlight`. */
  readonly command: string;
  /** The folder in which commands find a run by its id; null where that does not matter. */
  readonly runs: string | null;
  /** Whether a trainer is there to take commands; null until the connection stands. */
  readonly live: boolean | null;
  /** The events ended without `end`: the trainer died. */
  readonly lost: boolean;
  /** Another run, laid over this one in the charts. */
  readonly beside: { readonly id: string; readonly run: BesideRun } | null;
  readonly now: number;
  readonly columns: number;
  readonly rows: number;
  readonly ascii: boolean;
  /** The panes there are, in reading order; none where there is no screen. */
  readonly panes: readonly PaneFacts[];
  readonly focus: PaneName | null;
  readonly zoom: PaneName | null;
  readonly help: boolean;
  /** The first row of the help that is in view. */
  readonly helpTop: number;
  readonly quitAsked: boolean;
  readonly message: Message | null;
  /** When ctrl-c was last pressed for the first time. */
  readonly interruptedAt: number | null;
  /** When the dashboard leaves by itself after the run's end, in milliseconds since the epoch; null: not by itself. */
  readonly leavesAt: number | null;
  /** A pause was asked for from here and may not have taken effect yet: the same key takes it back. */
  readonly pauseAsked: boolean;
  /** Whether the parameter pane shows the base block by block. */
  readonly baseOpen: boolean;
  /** How the charts are drawn, and what of the log is shown. */
  readonly charts: ChartView;
  readonly logView: LogView;
}

/** What is shown of another run. */
export type BesideRun = Pick<RunState, "epochs" | "facts" | "end">;

/** What changes a view besides the run's events. */
export type ViewAction =
  | { readonly type: "connected"; readonly id: string; readonly directory: string; readonly live: boolean }
  | { readonly type: "short_id"; readonly id: string }
  | { readonly type: "lost" }
  | { readonly type: "tick"; readonly now: number }
  | { readonly type: "resize"; readonly columns: number; readonly rows: number }
  | { readonly type: "message"; readonly text: string; readonly tone: Message["tone"] }
  | { readonly type: "ask_quit"; readonly asked: boolean }
  | { readonly type: "help"; readonly open: boolean }
  | { readonly type: "help_top"; readonly row: number }
  | { readonly type: "focus"; readonly pane: PaneName | null }
  | { readonly type: "zoom"; readonly pane: PaneName | null }
  | { readonly type: "interrupted"; readonly at: number }
  | { readonly type: "leaves"; readonly at: number | null }
  | { readonly type: "pause_asked"; readonly asked: boolean }
  | { readonly type: "base"; readonly open: boolean }
  | { readonly type: "beside"; readonly id: string; readonly run: BesideRun }
  | { readonly type: "charts"; readonly change: ChartChange }
  | { readonly type: "log_view"; readonly change: LogChange };

export interface ViewOptions {
  readonly role: Role;
  /** Which run: known before anything has been heard of it. */
  readonly run?: { readonly id: string; readonly path: string };
  readonly now: number;
  readonly panes?: readonly PaneFacts[];
  readonly columns?: number;
  readonly rows?: number;
  readonly ascii?: boolean;
  readonly readOnly?: boolean;
  readonly runs?: string;
  readonly command?: string;
}

/** Returns the view before anything has been heard of the run. */
export function initialView(options: ViewOptions): ViewState {
  return {
    role: options.role,
    readOnly: options.readOnly ?? false,
    id: options.run?.id ?? null,
    directory: options.run?.path ?? null,
    shortId: null,
    command: options.command ?? "deno task",
    runs: options.runs ?? null,
    live: null,
    lost: false,
    beside: null,
    now: options.now,
    columns: options.columns ?? 80,
    rows: options.rows ?? 24,
    ascii: options.ascii ?? false,
    panes: options.panes ?? [],
    focus: null,
    zoom: null,
    help: false,
    helpTop: 0,
    quitAsked: false,
    message: null,
    interruptedAt: null,
    leavesAt: null,
    pauseAsked: false,
    baseOpen: false,
    charts: initialChartView(options.ascii ?? false),
    logView: INITIAL_LOG_VIEW,
  };
}

/** What of a run decides how far a cursor and a scroll go. */
type LookedAt = Pick<RunState, "epochs" | "log" | "end" | "earlyStopping">;

/** Returns the view after an action. `run` is what is looked at: a cursor goes over its epochs, a scroll over its log. */
export function afterAction(view: ViewState, action: ViewAction, run: LookedAt): ViewState {
  return { ...view, ...changes(view, action, run) };
}

function changes(view: ViewState, action: ViewAction, run: LookedAt): Partial<ViewState> {
  switch (action.type) {
    case "connected":
      return { id: action.id, directory: action.directory, live: action.live };
    case "short_id":
      return { shortId: action.id };
    case "lost":
      return { lost: true, live: false };
    case "tick":
      return { now: action.now };
    case "resize":
      return { columns: action.columns, rows: action.rows };
    case "message":
      return { message: { text: action.text, tone: action.tone, at: view.now } };
    case "ask_quit":
      return { quitAsked: action.asked, help: false };
    case "help":
      return { help: action.open, helpTop: 0 };
    case "help_top":
      return { helpTop: action.row };
    case "focus":
      return { focus: action.pane, zoom: view.zoom === null ? null : action.pane };
    case "zoom":
      return { zoom: action.pane };
    case "interrupted":
      return { interruptedAt: action.at };
    case "leaves":
      return { leavesAt: action.at };
    case "pause_asked":
      return { pauseAsked: action.asked };
    case "beside":
      return { beside: { id: stripControl(action.id), run: action.run } };
    case "base":
      return { baseOpen: action.open };
    case "charts":
      return {
        charts: changeCharts(view.charts, action.change, { epochs: run.epochs.length, best: bestEpochOf(run) }),
      };
    case "log_view":
      return { logView: changeLog(view.logView, action.change, run.log) };
  }
}
