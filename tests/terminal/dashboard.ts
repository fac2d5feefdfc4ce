/**
 * Shows the dashboard of a recorded stream in a pseudo-terminal, under a shell that prints the terminal's state
 * afterwards.
 */
import { join } from "node:path";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { withTemporaryFolder } from "../support.ts";
import { PseudoTerminal } from "./pseudo_terminal.ts";

export const LESSON = "tests/fixtures/runs/lesson.jsonl";
/**
 * The number of events of the lesson's stream up to the middle of epoch 25, before the last epoch without improvement.
 */
export const UNTIL_LAST_CHANCE = 132;

export interface Recorded {
  readonly pid?: number;
  readonly command?: { readonly type: string; readonly signal?: string };
  readonly close?: string;
  readonly exit?: string;
  readonly first_frame_ms?: number;
}

export interface Dashboard {
  readonly terminal: PseudoTerminal;
  /** Returns what the program has recorded so far: its pid, commands sent, how it closed and left. */
  recorded(): Recorded[];
  commands(): string[];
  signal(name: Deno.Signal): void;
  /** Releases the events that `app.holdFrom` holds back. */
  goOn(): void;
}

export interface DashboardSettings {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** See `settings` in replay_app.ts. */
  readonly app?: Readonly<Record<string, unknown>>;
}

/** Shows the dashboard, passes it to `body`, and ends it. */
export function withDashboard(
  { columns = 80, rows = 24, env, app }: DashboardSettings,
  body: (dashboard: Dashboard) => Promise<void>,
): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    const record = join(folder, "record.jsonl");
    Deno.writeTextFileSync(record, "");
    const go = join(folder, "go");
    const settings = JSON.stringify({ stream: LESSON, until: UNTIL_LAST_CHANCE, ...app, record, go });
    const program = join(PROJECT_ROOT, "tests/terminal/fixtures/replay_app.ts");
    const script = `"$0" run -A "$1" "$2"; echo "status $?"; stty -a`;
    const terminal = new PseudoTerminal("/bin/sh", ["-c", script, Deno.execPath(), program, settings], {
      columns,
      rows,
      ...(env ? { env } : {}),
    });
    const recorded = (): Recorded[] =>
      Deno.readTextFileSync(record).split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
    try {
      await body({
        terminal,
        recorded,
        commands: () => recorded().flatMap(({ command }) => (command ? [command.type] : [])),
        signal: (name) => {
          const pid = recorded().find((note) => note.pid !== undefined)?.pid;
          if (pid === undefined) throw new Error("the program has not noted its pid");
          Deno.kill(pid, name);
        },
        goOn: () => Deno.writeTextFileSync(go, ""),
      });
    } finally {
      await terminal.end();
    }
  });
}

/** Returns what is wrong with the terminal after the dashboard, or an empty list. */
export function terminalFaults(terminal: PseudoTerminal): string[] {
  const stty = terminal.normalScreen();
  return [
    ...(terminal.isAlternate ? ["the alternate screen is still on"] : []),
    ...(terminal.isCursorShown ? [] : ["the cursor is hidden"]),
    ...(terminal.isBracketedPaste ? ["bracketed paste is still on"] : []),
    ...(/(?<!-)\bicanon\b/.test(stty) ? [] : ["raw mode is still on"]),
    ...(/(?<!-)\becho\b/.test(stty) ? [] : ["echo is off"]),
  ];
}
