import { render } from "ink";
import { isUtf8Locale } from "../src/dashboard/drawing/glyphs.ts";
import type { Overview } from "../src/run/overview/overview.ts";
import { chooserKey, type ChooserState, initialChooser, withRuns } from "../src/dashboard/runs/chooser.ts";
import { Chooser } from "./Chooser.tsx";
import { FULL_SCREEN } from "./full_screen.ts";
import { screenStdout } from "./screen_stdout.ts";

export interface ChooseOptions {
  /**
   * Returns the runs, the newest first. It is called every few seconds, because live runs change and new ones start.
   */
  readonly read: () => readonly Overview[];
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly env: (name: string) => string | undefined;
}

const READ_EVERY_MS = 2000;

/** Draws the chooser and returns the chosen id, or null. Only `chooseRun` calls it, which loads this file on demand. */
export async function drawChooser({ read, stdin, stdout, env }: ChooseOptions): Promise<string | null> {
  const ascii = !isUtf8Locale(env);
  const size = () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  let state: ChooserState = initialChooser(read(), size());
  const chosen = Promise.withResolvers<string | null>();
  const press = (key: string) => {
    if (key === "ctrl-l") return screen.redraw();
    const next = chooserKey(state, key);
    if ("type" in next) return chosen.resolve(next.type === "chosen" ? next.id : null);
    show(next);
  };
  const view = () => <Chooser state={state} nowMs={Date.now()} ascii={ascii} press={press} />;
  const screen = screenStdout(stdout);
  const ink = render(view(), {
    stdin,
    stdout: screen.stdout,
    ...FULL_SCREEN,
  });
  const resized = () => show({ ...state, ...size() });
  stdout.prependListener("resize", resized);
  const reading = setInterval(() => show(withRuns(state, read())), READ_EVERY_MS);
  try {
    const failed = ink.waitUntilExit().then(() => null);
    return await Promise.race([chosen.promise, failed]);
  } finally {
    clearInterval(reading);
    stdout.off("resize", resized);
    ink.unmount();
    await ink.waitUntilExit().catch(() => {});
  }

  function show(next: ChooserState): void {
    state = next;
    ink.rerender(view());
  }
}
