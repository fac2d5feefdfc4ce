/** The dashboard itself, drawn frame after frame without a terminal. */
import process from "node:process";
import { PassThrough, Writable } from "node:stream";
import { FULL_SCREEN } from "../../components/full_screen.ts";
import { screenStdout } from "../../components/screen_stdout.ts";
import { Store } from "../../src/dashboard/session/store.ts";
import { type DashboardState, initialState, reduce } from "../../src/dashboard/view/state.ts";
import { Strips } from "../../src/dashboard/wire/strips.ts";
import type { RunEvent } from "../../src/events.ts";

// As in show_dashboard.ts, this must be set before React is loaded, which the functions below do. JSX here would load it
// earlier.
process.env["NODE_ENV"] ??= "production";

export interface DrawnDashboard {
  /** The number of bytes that were written so far. */
  readonly bytes: number;
  /** Draws a state, and resolves when it is written. */
  draw(state: DashboardState): Promise<void>;
  close(): void;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Loads Ink and draws the first frame. */
export async function drawnDashboard(state: DashboardState, { columns, rows }: Size): Promise<DrawnDashboard> {
  const { createElement } = await import("react");
  const { render } = await import("ink");
  const { App } = await import("../../components/App.tsx");
  const { StripsContext } = await import("../../components/hooks/use_strips.ts");
  let bytes = 0;
  const stdout = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.length;
      done();
    },
  });
  Object.assign(stdout, { isTTY: true, columns, rows });
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {}, ref: () => {}, unref: () => {} });
  const store = new Store(state, () => 0);
  const strips = new Strips();
  const view = createElement(App, { store, press: () => {} });
  const screen = screenStdout(stdout as unknown as NodeJS.WriteStream, strips);
  const app = render(createElement(StripsContext, { value: strips }, view), {
    stdout: screen.stdout,
    stdin: stdin as unknown as NodeJS.ReadStream,
    ...FULL_SCREEN,
  });
  return {
    get bytes() {
      return bytes;
    },
    async draw(state) {
      // Frames follow each other faster than the byte budget would allow.
      screen.hurry();
      store.set(state, true);
      await new Promise((resolve) => setTimeout(resolve, 2));
    },
    close: () => app.unmount(),
  };
}

/**
 * Returns the dashboard of a recorded run in progress, without its end event. The last of its epochs are repeated up to
 * the number `epochs`.
 */
export async function recordedRun(
  events: readonly RunEvent[],
  epochs: number,
  size: Size,
): Promise<DashboardState> {
  const { PANES } = await import("../../components/panes.ts");
  let state = events.filter(({ type }) => type !== "end")
    .reduce<DashboardState>(reduce, initialState({ role: "owner", now: Date.now(), ...size, panes: PANES }));
  const known = events.filter((event) => event.type === "epoch");
  for (let epoch = known.length; epoch < epochs; epoch++) {
    const again = known[epoch % known.length];
    if (again) state = reduce(state, { ...again, epoch: epoch + 1 });
  }
  return state;
}
