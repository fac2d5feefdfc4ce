/** The two views without a screen: plain lines and JSON lines. */
import { commandName, fromCaller, spellCommands } from "../../paths.ts";
import type { RunEvent } from "../../events.ts";
import type { RunConnection } from "../../run/control/connection.ts";
import { summaryLines } from "../summary/end_card.ts";
import type { DashboardExit } from "../session/exit.ts";
import { listenForSignals } from "../session/signals.ts";
import { initialState } from "../view/state.ts";
import { plainLines } from "./plain_lines.ts";
import { Session, type SessionOptions } from "../session/session.ts";
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
  /** Returns the signal that ended a trainer without an end of its run, see `SessionOptions`. */
  readonly trainerSignal?: (() => Promise<string | null>) | undefined;
}

/** Prints one greppable line per epoch, a few lines for everything else, and the summary at the end. */
export async function runPlain(options: LinesOptions): Promise<DashboardExit> {
  const exit = await follow(options, {
    onEvent: (before, event) => {
      if (isNew(event, options)) writeLines(options, plainLines(before, event));
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
  const { connection, role, run, resumesAfter, trainerSignal } = options;
  const session = new Session({
    connection,
    initial: initialState({
      ...{ role, run, resumesAfter },
      now: Date.now(),
      runs: fromCaller(DEFAULT_RUNS),
      command: commandName(),
    }),
    stayMs: 0,
    ...(trainerSignal ? { trainerSignal } : {}),
    onEvent,
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
