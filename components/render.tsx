import { render } from "ink";
import type { RunConnection } from "../src/run/control/connection.ts";
import { summaryLines } from "../src/dashboard/summary/end_card.ts";
import type { DashboardExit } from "../src/dashboard/session/exit.ts";
import { isUtf8Locale, toAscii } from "../src/dashboard/drawing/glyphs.ts";
import { listenForSignals } from "../src/dashboard/session/signals.ts";
import { initialState } from "../src/dashboard/view/state.ts";
import { hasShell, stopUntilContinued } from "../src/dashboard/session/suspend.ts";
import type { RunBeside } from "../src/run/log/beside.ts";
import { frameMs } from "../src/dashboard/session/pace.ts";
import { Session } from "../src/dashboard/session/session.ts";
import type { Role } from "../src/dashboard/view/view_state.ts";
import { Store } from "../src/dashboard/session/store.ts";
import { Strips } from "../src/dashboard/wire/strips.ts";
import { DEFAULT_RUNS } from "../src/config.ts";
import { commandName, fromCaller, spellCommands } from "../src/paths.ts";
import { App, type HandOver } from "./App.tsx";
import { FULL_SCREEN } from "./full_screen.ts";
import { StripsContext } from "./hooks/use_strips.ts";
import { PANES } from "./panes.ts";
import { screenStdout } from "./screen_stdout.ts";

export interface DashboardOptions {
  /** May still be on its way: the first frame does not wait for it. */
  readonly connection: Promise<RunConnection>;
  readonly role: Role;
  readonly run: { readonly id: string; readonly path: string };
  /** How long the dashboard stays once the run is over, in milliseconds. */
  readonly stayMs: number;
  /** Frames a second, at most; keys are answered at once. */
  readonly fps?: number;
  /** Whether commands to the trainer are not offered. */
  readonly readOnly?: boolean;
  /** A run whose curves are laid over this one's. */
  readonly beside?: RunBeside;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly env: (name: string) => string | undefined;
  readonly onFirstFrame?: () => void;
  /** Asked once the run has its connection: the shortest start of the id by which commands find it. */
  readonly shortId?: () => string;
}

/**
 * Where there is no alternate screen (GNU screen has none unless `altscreen` is on), the last frame stays, with the cursor
 * behind its last row: what is said next is not to run into it.
 */
const OWN_LINE = "\r\x1b[J";
const CLOCK_MS = 1000;

/** See `showDashboard`, which loads this file. */
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
    runs: fromCaller(DEFAULT_RUNS),
    command: commandName(),
  });
  let frameBytes = 0;
  const store: Store = new Store(initial, () => {
    const { columns, rows } = store.snapshot().view;
    return frameMs(frameBytes, columns, rows, options.fps);
  });
  // New images, which are drawn between two states, come at a pace of their own.
  let isNewState = true;
  store.subscribe(() => {
    isNewState = true;
  });
  const strips = new Strips();
  const screen = screenStdout(stdout, strips, (bytes) => {
    if (isNewState) frameBytes = bytes;
    isNewState = false;
  });
  const session = new Session({
    connection: options.connection,
    initial,
    stayMs: options.stayMs,
    onState: (state, urgent) => {
      if (urgent) screen.hurry();
      store.set(state, urgent);
    },
    onSuspend: () => void suspend(),
    onRedraw: () => screen.redraw(),
  });
  options.connection.then(() => {
    const id = options.shortId?.();
    if (id !== undefined) session.dispatch({ type: "short_id", id });
  }).catch(() => {
    // Without a connection the session says why.
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
  // Before the first frame, which starts the trainer: a signal that comes then must not end the viewer alone.
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
  // Before Ink's own listener, which would draw the old layout into the new size first.
  stdout.prependListener("resize", resized);
  const lookBeside = () => {
    const { beside } = options;
    if (beside?.look()) session.dispatch({ type: "beside", id: beside.id, run: beside.state });
  };
  lookBeside();
  const clock = setInterval(() => {
    session.dispatch({ type: "tick", now: Date.now() });
    lookBeside();
  }, CLOCK_MS);
  try {
    const failed = ink.waitUntilExit().then(() => {
      throw new Error("the dashboard was closed from outside");
    });
    const exit = await Promise.race([session.exit, failed]);
    await leave();
    print(summaryLines(exit, stdout.columns));
    return exit;
  } catch (error) {
    await leave();
    // A view that failed is no reason to end the run: it is left as `d` leaves it. Without a connection there is none.
    const left = await session.leave().catch(() => null);
    if (left) print(summaryLines(left, stdout.columns));
    throw error;
  }

  async function suspend(): Promise<void> {
    if (!hasShell(Deno.pid)) {
      const text = "no shell to go back to here; d leaves the run training";
      return session.dispatch({ type: "message", tone: "error", text }, true);
    }
    await handOver?.(async () => {
      print([`${options.run.id}: the view is suspended, the run is not; fg brings it back`]);
      await stopUntilContinued();
    }).catch(() => {
      // Suspended already: the key came twice.
    });
    // The terminal may have another size by now.
    resized();
  }

  async function leave(): Promise<void> {
    clearInterval(clock);
    store.close();
    stopListening();
    stdout.off("resize", resized);
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
