/** The two views without a screen: plain lines and JSON lines. */
import { commandName, fromCaller, spellCommands } from "../../paths.ts";
import type { RunEvent } from "../../events.ts";
import type { RunConnection } from "../../run/control/connection.ts";
import { summaryLines } from "../summary/end_card.ts";
import type { DashboardExit } from "../session/exit.ts";
import { placed } from "../session/placed.ts";
import { listenForSignals } from "../session/signals.ts";
import { endsBetween } from "../session/terminal_progress.ts";
import { type DashboardState, initialState } from "../view/state.ts";
import { plainLines } from "./plain_lines.ts";
import { Session, type SessionOptions } from "../session/session.ts";
import type { SeriesPlace } from "../../run/folder/series_place.ts";
import type { Role } from "../view/view_state.ts";
import { DEFAULT_RUNS } from "../../config.ts";

export interface LinesOptions {
  readonly connection: Promise<RunConnection>;
  readonly role: Role;
  readonly run: { readonly id: string; readonly path: string };
  /** Writes whole lines, including their line breaks. */
  readonly write: (text: string) => void;
  /**
   * For a run that goes on: the number of the last event before that. Events up to it are not printed, because an
   * earlier viewer has printed them.
   */
  readonly resumesAfter?: number | undefined;
  /** Called when the run has ended (`--bell`). */
  readonly ring?: () => void;
  /** The series that the run belongs to. After the end of the run, a signal then ends the series. */
  readonly series?: SeriesPlace | undefined;
  /** Returns the signal that ended a trainer without an end of its run, see `SessionOptions`. */
  readonly trainerSignal?: (() => Promise<string | null>) | undefined;
}

/** Prints one greppable line per epoch, a few lines for everything else, and the summary at the end. */
export async function runPlain(options: LinesOptions): Promise<DashboardExit> {
  const exit = await follow(options, {
    onEvent: (before, event) => {
      if (!isNew(event, options)) return;
      const { id, directory } = before.view;
      const here = id === null || directory === null ? event : placed(event, { id, directory });
      writeLines(options, plainLines(before, here));
    },
  });
  // This view has no keys, so its owner detaches only after a hang-up. The trainer then decides whether the run
  // continues.
  if (exit.how !== "detached" || options.role === "watch") writeLines(options, summaryLines(exit));
  return exit;
}

/** Prints each received event as one line of JSON, and nothing else. */
export function runJson(options: LinesOptions): Promise<DashboardExit> {
  return follow(options, {
    onEvent: (_, event) => {
      if (isNew(event, options)) options.write(JSON.stringify(event) + "\n");
    },
  });
}

function isNew({ seq }: RunEvent, { resumesAfter = 0 }: LinesOptions): boolean {
  return seq > resumesAfter;
}

async function follow(options: LinesOptions, { onEvent }: Required<Pick<SessionOptions, "onEvent">>) {
  const { connection, role, run, resumesAfter, series, trainerSignal } = options;
  let before: DashboardState | null = null;
  const session = new Session({
    connection,
    initial: initialState({
      ...{ role, run, resumesAfter },
      ...(series ? { series } : {}),
      now: Date.now(),
      runs: fromCaller(DEFAULT_RUNS),
      command: commandName(),
    }),
    stayMs: 0,
    ...(trainerSignal ? { trainerSignal } : {}),
    onEvent,
    onState: (state) => {
      if (before !== null && endsBetween(before, state)) options.ring?.();
      before = state;
    },
    hangUp: "drop",
  });
  const stopListening = listenForSignals((signal) => session.signal(signal));
  try {
    return await session.exit;
  } finally {
    stopListening();
  }
}

function writeLines({ write }: LinesOptions, lines: readonly string[]): void {
  for (const line of lines) write(spellCommands(line) + "\n");
}
