/** The state of a viewer: everything that a frame shows and that does not come from the run's events. */
import { bestEpochOf, type RunState } from "../../run_state/run_state.ts";
import { stripControl } from "../../text.ts";
import { changeCharts, type ChartChange, type ChartView, initialChartView } from "./chart_view.ts";
import type { GoOnStage } from "./go_on.ts";
import { changeLog, INITIAL_LOG_VIEW, type LogChange, type LogView } from "./log_view.ts";
import type { SeriesPlace } from "../../run/folder/series_place.ts";
import { changeSeries, initialSeries, type SeriesChange, type SeriesView } from "./series.ts";
import type { PaneFacts, PaneName } from "./pane_facts.ts";

export type Role = "owner" | "watch";

export interface Message {
  readonly text: string;
  readonly tone: "info" | "error";
  /** When the message was created, in milliseconds since the epoch. It is shown for a few seconds. */
  readonly at: number;
  /** Whether it is shown until the next message, because an answer is still awaited. */
  readonly stays?: boolean;
}

export interface ViewState {
  readonly role: Role;
  /** Whether this viewer cannot send commands. */
  readonly readOnly: boolean;
  /** The run's id and folder, known before its first event. */
  readonly id: string | null;
  readonly directory: string | null;
  /** The shortest prefix of the id that commands accept; null until it is known. */
  readonly shortId: string | null;
  /** How commands begin: `deno task` or `headlight`, depending on how this viewer was started. */
  readonly command: string;
  /** The folder in which commands look for a run by its id, or null if it does not matter. */
  readonly runs: string | null;
  /** Whether the viewer is connected to a trainer; null until connected. After the end of the run it may be gone. */
  readonly live: boolean | null;
  /** Whether the events stopped without an `end` event, because the trainer exited unexpectedly. */
  readonly lost: boolean;
  /**
   * The signal that ended a lost trainer, or null if it is unknown. Only the viewer that started the trainer knows it.
   */
  readonly lostBy: string | null;
  /** Another run, whose curves are drawn in the same charts. */
  readonly beside: { readonly id: string; readonly run: BesideRun } | null;
  /** The series that the run belongs to; null for a run of its own. */
  readonly series: SeriesView | null;
  readonly now: number;
  readonly columns: number;
  readonly rows: number;
  readonly ascii: boolean;
  /** All panes, in reading order; none if there is no screen. */
  readonly panes: readonly PaneFacts[];
  readonly focus: PaneName | null;
  readonly zoom: PaneName | null;
  readonly help: boolean;
  /** The first visible row of the help. */
  readonly helpTop: number;
  readonly quitAsked: boolean;
  /** Whether this viewer can let a run go on that has no trainer. */
  readonly offersGoOn: boolean;
  /** How far that is; null if the person has not asked for it, and once the run goes on. */
  readonly goOn: GoOnStage | null;
  readonly message: Message | null;
  /** When ctrl-c was last pressed, not counting a second press shortly after the first; null if never. */
  readonly interruptedAt: number | null;
  /**
   * When the dashboard closes automatically after the run's end, in milliseconds since the epoch; null if it does not.
   */
  readonly leavesAt: number | null;
  /** Whether this viewer has requested a pause that may not have taken effect yet. The same key cancels it. */
  readonly pauseAsked: boolean;
  /** Whether the parameter pane shows the base block by block. */
  readonly baseOpen: boolean;
  /** How the charts are drawn, and which part of the log is shown. */
  readonly charts: ChartView;
  readonly logView: LogView;
}

/** The parts of another run that are shown. */
export type BesideRun = Pick<RunState, "epochs" | "facts" | "end">;

/** The changes of a view that do not come from the run's events. */
export type ViewAction =
  | { readonly type: "connected"; readonly id: string; readonly directory: string; readonly live: boolean }
  | { readonly type: "short_id"; readonly id: string }
  | { readonly type: "lost"; readonly by?: string | null }
  | { readonly type: "tick"; readonly now: number }
  | { readonly type: "resize"; readonly columns: number; readonly rows: number }
  | { readonly type: "message"; readonly text: string; readonly tone: Message["tone"]; readonly stays?: boolean }
  | { readonly type: "ask_quit"; readonly asked: boolean }
  | { readonly type: "go_on"; readonly goOn: GoOnStage | null }
  /** Somebody else lets the run go on. */
  | { readonly type: "gone_on" }
  | { readonly type: "help"; readonly open: boolean }
  | { readonly type: "help_top"; readonly row: number }
  | { readonly type: "focus"; readonly pane: PaneName | null }
  | { readonly type: "zoom"; readonly pane: PaneName | null }
  | { readonly type: "interrupted"; readonly at: number }
  | { readonly type: "leaves"; readonly at: number | null }
  | { readonly type: "pause_asked"; readonly asked: boolean }
  | { readonly type: "series"; readonly change: SeriesChange }
  | { readonly type: "base"; readonly open: boolean }
  | { readonly type: "beside"; readonly id: string; readonly run: BesideRun }
  | { readonly type: "charts"; readonly change: ChartChange }
  | { readonly type: "log_view"; readonly change: LogChange };

export interface ViewOptions {
  readonly role: Role;
  /** The run, known before its first event. */
  readonly run?: { readonly id: string; readonly path: string };
  readonly now: number;
  readonly panes?: readonly PaneFacts[];
  readonly columns?: number;
  readonly rows?: number;
  readonly ascii?: boolean;
  readonly readOnly?: boolean;
  readonly offersGoOn?: boolean;
  /** The number of the last event before the run goes on; undefined for a run that begins or that is only watched. */
  readonly resumesAfter?: number | undefined;
  readonly runs?: string;
  readonly command?: string;
  readonly series?: SeriesPlace;
}

/** Returns the view before the first event of the run. */
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
    lostBy: null,
    beside: null,
    series: options.series ? initialSeries(options.series) : null,
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
    offersGoOn: options.offersGoOn ?? false,
    goOn: options.resumesAfter === undefined ? null : { stage: "starting", after: options.resumesAfter },
    message: null,
    interruptedAt: null,
    leavesAt: null,
    pauseAsked: false,
    baseOpen: false,
    charts: initialChartView(options.ascii ?? false),
    logView: INITIAL_LOG_VIEW,
  };
}

/** What holds when a run goes on. */
const GOES_ON = {
  ...{ live: null, lost: false, lostBy: null },
  ...{ quitAsked: false, interruptedAt: null, leavesAt: null, pauseAsked: false, message: null },
} as const satisfies Partial<ViewState>;

/** What holds for a viewer that starts another trainer for its run, and for one whose run somebody else lets go on. */
const OWNS_AGAIN = { ...GOES_ON, role: "owner" } as const satisfies Partial<ViewState>;
const WATCHES_AGAIN = { ...GOES_ON, role: "watch", goOn: null } as const satisfies Partial<ViewState>;

/** The parts of a run that limit the cursor and scrolling. */
type ScrolledRun = Pick<RunState, "epochs" | "log" | "end" | "earlyStopping">;

/** Returns the view after an action. The cursor moves over the epochs of `run`, scrolling moves over its log. */
export function afterAction(view: ViewState, action: ViewAction, run: ScrolledRun): ViewState {
  return { ...view, ...changes(view, action, run) };
}

function changes(view: ViewState, action: ViewAction, run: ScrolledRun): Partial<ViewState> {
  switch (action.type) {
    case "connected":
      return { id: action.id, directory: action.directory, live: action.live };
    case "short_id":
      return { shortId: action.id };
    case "lost":
      return { lost: true, lostBy: action.by ?? null, live: false, goOn: null, quitAsked: false, message: null };
    case "tick":
      return { now: action.now };
    case "resize":
      return { columns: action.columns, rows: action.rows };
    case "message":
      return { message: { text: action.text, tone: action.tone, at: view.now, stays: action.stays ?? false } };
    case "ask_quit":
      return { quitAsked: action.asked, help: false };
    case "go_on":
      return { goOn: action.goOn, help: false, ...(action.goOn?.stage === "starting" ? OWNS_AGAIN : {}) };
    case "gone_on":
      return WATCHES_AGAIN;
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
    case "series":
      return view.series ? { series: changeSeries(view.series, action.change) } : {};
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
