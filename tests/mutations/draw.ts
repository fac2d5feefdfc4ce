/** Draws the dashboard for a state once, without output. Throws what a pane throws. */
import process from "node:process";
import { PassThrough, Writable } from "node:stream";
import { FULL_SCREEN } from "../../components/full_screen.ts";
import { screenStdout } from "../../components/screen_stdout.ts";
import { Strips } from "../../src/dashboard/wire/strips.ts";
import { Store } from "../../src/dashboard/session/store.ts";
import { type DashboardState, initialState, reduce } from "../../src/dashboard/view/state.ts";
import type { RunEvent } from "../../src/events.ts";

/** Draws the dashboard that results from these events at a small and at a large size. */
export async function drawEvents(events: readonly RunEvent[]): Promise<void> {
  // As in show_dashboard.ts, this must be set before React is loaded.
  process.env["NODE_ENV"] ??= "production";
  const { PANES } = await import("../../components/panes.ts");
  for (const [columns, rows] of [[80, 24], [200, 50]] as const) {
    const initial = initialState({ role: "watch", now: 0, columns, rows, panes: PANES, command: "headlight" });
    await draw(events.reduce<DashboardState>(reduce, initial), columns, rows);
  }
}

async function draw(state: DashboardState, columns: number, rows: number): Promise<void> {
  const { createElement } = await import("react");
  const { render } = await import("ink");
  const { App } = await import("../../components/App.tsx");
  const { StripsContext } = await import("../../components/hooks/use_strips.ts");
  let text = "";
  const stdout = new Writable({
    decodeStrings: false,
    write(chunk: string | Uint8Array, _encoding, done) {
      text += typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk);
      done();
    },
  });
  Object.assign(stdout, { isTTY: true, columns, rows });
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {}, ref: () => {}, unref: () => {} });
  const strips = new Strips();
  const view = createElement(App, { store: new Store(state, () => 0), press: () => {} });
  const app = render(createElement(StripsContext, { value: strips }, view), {
    stdout: screenStdout(stdout as unknown as NodeJS.WriteStream, strips).stdout,
    stdin: stdin as unknown as NodeJS.ReadStream,
    ...FULL_SCREEN,
    maxFps: 1000,
  });
  const exit = app.waitUntilExit();
  exit.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 2));
  app.unmount();
  await exit;
  if (text === "") throw new Error("nothing was drawn");
}
