import { render } from "ink";
import { isUtf8Locale } from "../src/dashboard/drawing/glyphs.ts";
import type { Overview } from "../src/run/overview/overview.ts";
import { type Choice, chooserKey, type ChooserState, initialChooser, withRuns } from "../src/dashboard/runs/chooser.ts";
import { askForSize, listenForContinue } from "../src/dashboard/session/terminal_size.ts";
import { Chooser } from "./Chooser.tsx";
import { FULL_SCREEN } from "./full_screen.ts";
import { screenStdout } from "./screen_stdout.ts";

export interface ChooseOptions {
  /**
   * Returns the runs, the newest first. It is called every few seconds, because live runs change and new ones start.
   */
  readonly read: () => readonly Overview[];
  /** Whether runs cannot be resumed. */
  readonly readOnly: boolean;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly env: (name: string) => string | undefined;
}

const READ_EVERY_MS = 2000;

/** Draws the chooser and returns the choice. Only `chooseRun` calls it, which loads this file on demand. */
export async function drawChooser({ read, readOnly, stdin, stdout, env }: ChooseOptions): Promise<Choice> {
  const ascii = !isUtf8Locale(env);
  const size = () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  let state: ChooserState = initialChooser(read(), size(), readOnly);
  const chosen = Promise.withResolvers<Choice>();
  const press = (key: string) => {
    if (key === "ctrl-l") {
      askForSize();
      return screen.redraw();
    }
    const next = chooserKey(state, key);
    if ("type" in next) return chosen.resolve(next);
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
  const stopContinuing = listenForContinue(() => screen.redraw());
  const reading = setInterval(() => show(withRuns(state, read())), READ_EVERY_MS);
  try {
    const failed = ink.waitUntilExit().then((): Choice => ({ type: "left" }));
    return await Promise.race([chosen.promise, failed]);
  } finally {
    clearInterval(reading);
    stopContinuing();
    stdout.off("resize", resized);
    ink.unmount();
    await ink.waitUntilExit().catch(() => {});
  }

  function show(next: ChooserState): void {
    state = next;
    ink.rerender(view());
  }
}
