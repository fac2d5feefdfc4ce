import process from "node:process";
import { render } from "ink";
import type { RunConnection } from "../src/run/control/connection.ts";
import { summaryLines } from "../src/dashboard/summary/end_card.ts";
import type { DashboardExit } from "../src/dashboard/session/exit.ts";
import { isUtf8Locale, toAscii } from "../src/dashboard/drawing/glyphs.ts";
import { listenForSignals } from "../src/dashboard/session/signals.ts";
import { type DashboardState, initialState } from "../src/dashboard/view/state.ts";
import { hasShell, stopUntilContinued } from "../src/dashboard/session/suspend.ts";
import type { SeriesPlace } from "../src/run/folder/series_place.ts";
import type { RunBeside } from "../src/run/log/beside.ts";
import { frameMs } from "../src/dashboard/session/pace.ts";
import type { GoneOn, GoOn } from "../src/dashboard/session/going_on.ts";
import { Session } from "../src/dashboard/session/session.ts";
import type { Role } from "../src/dashboard/view/view_state.ts";
import { Store } from "../src/dashboard/session/store.ts";
import { endsBetween, showsProgress, TerminalProgress } from "../src/dashboard/session/terminal_progress.ts";
import { askForSize, listenForContinue } from "../src/dashboard/session/terminal_size.ts";
import { Strips } from "../src/dashboard/wire/strips.ts";
import { DEFAULT_RUNS } from "../src/config.ts";
import { commandName, fromCaller, spellCommands } from "../src/paths.ts";
import { App, type HandOver } from "./App.tsx";
import { FULL_SCREEN } from "./full_screen.ts";
import { StripsContext } from "./hooks/use_strips.ts";
import { PANES } from "./panes.ts";
import { screenStdout } from "./screen_stdout.ts";

export interface DashboardOptions {
  /** The connection to the run. The first frame does not wait for it. */
  readonly connection: Promise<RunConnection>;
  readonly role: Role;
  readonly run: { readonly id: string; readonly path: string };
  /** How long the dashboard stays after the end of the run, in milliseconds. */
  readonly stayMs: number;
  /** The maximum number of frames per second. Keys are answered at once. */
  readonly fps?: number;
  /** Whether the terminal rings when the run has ended. */
  readonly bell?: boolean;
  /** Whether the keys that send commands to the trainer are disabled. */
  readonly readOnly?: boolean;
  /** Lets the run go on after its end. Without it, the dashboard does not offer that. */
  readonly goOn?: GoOn;
  /** See `SessionOptions`. */
  readonly asksGoOn?: boolean;
  /** Notices that somebody else lets the run go on. */
  readonly goneOn?: GoneOn;
  /** For a run that goes on: the number of the last event before that. */
  readonly resumesAfter?: number | undefined;
  /** Another run, whose curves are drawn in the same charts. */
  readonly beside?: RunBeside;
  /** The series that the run belongs to. */
  readonly series?: SeriesPlace;
  /** Returns whether the series goes on, for viewers that did not start it. */
  readonly seriesGoesOn?: () => boolean;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly env: (name: string) => string | undefined;
  readonly onFirstFrame?: () => void;
  /** Resolves with the signal that ended the trainer, or null if it is unknown. */
  readonly trainerSignal?: () => Promise<string | null>;
  /** Returns the shortest prefix of the id that commands accept. It is called after the connection is made. */
  readonly shortId?: () => string;
}

/**
 * Moves to the start of the line and clears the rest of the screen. In a terminal without an alternate screen (GNU
 * screen unless `altscreen` is on), the last frame stays, and the next text must not continue its last row.
 */
const OWN_LINE = "\r\x1b[J";
const CLOCK_MS = 1000;
const BELL = "\x07";

/** Draws the dashboard. Only `showDashboard` calls it, which loads this file on demand. */
export async function drawDashboard(options: DashboardOptions): Promise<DashboardExit> {
  const { stdin, stdout, env } = options;
  const ascii = !isUtf8Locale(env);
  const initial = initialState({
    role: options.role,
    run: options.run,
    now: Date.now(),
    panes: PANES,
    ...sizeOf(stdout),
    ascii,
    readOnly: options.readOnly ?? false,
    offersGoOn: options.goOn !== undefined,
    resumesAfter: options.resumesAfter,
    runs: fromCaller(DEFAULT_RUNS),
    command: commandName(),
    ...(options.series ? { series: options.series } : {}),
  });
  let frameBytes = 0;
  const store: Store = new Store(initial, () => {
    const { columns, rows } = store.snapshot().view;
    return frameMs(frameBytes, columns, rows, options.fps);
  });
  // Sample images are drawn between two states at their own pace. They must not slow down the frames.
  let isNewState = true;
  store.subscribe(() => {
    isNewState = true;
  });
  const strips = new Strips();
  const screen = screenStdout(stdout, strips, (bytes) => {
    if (isNewState) frameBytes = bytes;
    isNewState = false;
  });
  const takes = stdout.isTTY && showsProgress(env);
  const progress = new TerminalProgress(takes ? (text) => void stdout.write(text) : null);
  let before = initial;
  let looked = false;
  const session = new Session({
    connection: options.connection,
    initial,
    stayMs: options.stayMs,
    asksGoOn: options.asksGoOn ?? false,
    ...(options.trainerSignal ? { trainerSignal: options.trainerSignal } : {}),
    ...(options.goOn ? { goOn: options.goOn } : {}),
    ...(options.goneOn ? { goneOn: options.goneOn } : {}),
    onState: (state, urgent) => {
      if (urgent) screen.hurry();
      if (options.bell && endsBetween(before, state)) stdout.write(BELL);
      before = state;
      progress.show(state);
      // Not only at the next tick of the clock: until then a series that is over would seem to go on.
      if (state.view.live !== null && !looked) {
        looked = true;
        if (lookAtSeries(state)) return;
      }
      store.set(state, urgent);
    },
    onSuspend: () => void suspend(),
    onRedraw: () => {
      askForSize();
      screen.redraw();
    },
  });
  /** Notes if the process that trains the series is gone. Returns whether it is. */
  function lookAtSeries({ run: { end }, view: { live, series } }: DashboardState): boolean {
    if (live === null || series?.next === null || options.seriesGoesOn?.() !== false) return false;
    session.dispatch({ type: "series", change: live && end === null ? "ending" : "over" }, true);
    return true;
  }
  options.connection.then(() => {
    const id = options.shortId?.();
    if (id !== undefined) session.dispatch({ type: "short_id", id });
  }).catch(() => {
    // The session reports the failed connection.
  });
  let handOver: HandOver | undefined;
  const pressed = (key: string, how: HandOver) => {
    handOver = how;
    session.press(key);
  };
  const app = (
    <StripsContext value={strips}>
      <App store={store} press={pressed} />
    </StripsContext>
  );
  let first = options.onFirstFrame;
  // Listen before the first frame, which starts the trainer: a signal must not end the viewer and leave the trainer.
  const stopListening = listenForSignals((signal) => session.signal(signal));
  const ink = render(app, {
    stdin,
    stdout: screen.stdout,
    ...FULL_SCREEN,
    onRender: () => {
      first?.();
      first = undefined;
    },
  });
  const resized = () => session.dispatch({ type: "resize", ...sizeOf(stdout) }, true);
  // Run before Ink's own listener, which would first draw the old layout in the new size.
  stdout.prependListener("resize", resized);
  const stopContinuing = listenForContinue(() => screen.redraw());
  // Also if the process exits without leaving the dashboard.
  const closeProgress = () => {
    process.off("exit", closeProgress);
    progress.close();
  };
  process.once("exit", closeProgress);
  const lookBeside = () => {
    const { beside } = options;
    if (beside?.look()) session.dispatch({ type: "beside", id: beside.id, run: beside.state });
  };
  lookBeside();
  const clock = setInterval(() => {
    session.dispatch({ type: "tick", now: Date.now() });
    lookBeside();
    lookAtSeries(session.state);
  }, CLOCK_MS);
  try {
    const failed = ink.waitUntilExit().then(() => {
      throw new Error("the dashboard closed unexpectedly");
    });
    const exit = await Promise.race([session.exit, failed]);
    await leave();
    print(summaryLines(exit, stdout.columns));
    return exit;
  } catch (error) {
    await leave();
    // A failed view must not end the run, so detach from it as `d` does. This fails too if there is no connection.
    const left = await session.leave().catch(() => null);
    if (left) print(summaryLines(left, stdout.columns));
    throw error;
  }

  async function suspend(): Promise<void> {
    if (!hasShell(Deno.pid)) {
      const text = "no shell to suspend to; press q to leave";
      return session.dispatch({ type: "message", tone: "error", text }, true);
    }
    await handOver?.(async () => {
      progress.clear();
      print([`${options.run.id}: the dashboard is suspended, the run is not; fg brings it back`]);
      await stopUntilContinued();
      progress.show(session.state);
    }).catch(() => {
      // The dashboard is already suspended, because the key arrived twice.
    });
  }

  async function leave(): Promise<void> {
    clearInterval(clock);
    store.close();
    stopListening();
    stopContinuing();
    stdout.off("resize", resized);
    closeProgress();
    ink.unmount();
    await ink.waitUntilExit().catch(() => {});
  }

  function print(lines: readonly string[]): void {
    stdout.write(OWN_LINE);
    for (const line of lines) stdout.write((ascii ? toAscii : String)(spellCommands(line)) + "\n");
  }
}

function sizeOf({ columns, rows }: NodeJS.WriteStream): { columns: number; rows: number } {
  return { columns: columns || 80, rows: rows || 24 };
}
