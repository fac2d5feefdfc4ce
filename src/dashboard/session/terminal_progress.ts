/**
 * The progress of a run in the terminal's tab or in the task bar: OSC 9;4, which ConEmu has introduced
 * (https://conemu.github.io/en/AnsiEscapeCodes.html#ConEmu_specific_OSC). Everything but the class is pure.
 */
import type { DashboardState } from "../view/state.ts";
import { nextRun } from "../view/series.ts";

type Env = (name: string) => string | undefined;

/**
 * Terminals by TERM_PROGRAM, and the first version that shows progress. Others may take the sequence for a
 * notification, as OSC 9 is one in iTerm2 before 3.6.6, in kitty before 0.37, in foot and in WezTerm before 2025. kitty
 * shows none at all, and does not tell its version.
 */
const SINCE: Readonly<Record<string, readonly number[]>> = {
  "iTerm.app": [3, 6, 6],
  // Before that version Ghostty read the sequence and showed nothing.
  ghostty: [1, 2, 0],
  mintty: [3, 4, 2],
  // The version is a date: wezterm/wezterm#6581.
  WezTerm: [20_250_301],
};
/** VTE 0.80, in the form of VTE_VERSION. */
const VTE_SINCE = 8000;

/** The variable that turns the progress off or on, whatever the terminal is, as Cargo has one. */
const PROGRESS_VARIABLE = "HEADLIGHT_TERMINAL_PROGRESS";

/** Returns whether to show progress: as the person says, or else if the terminal is known to take it. */
export function showsProgress(env: Env): boolean {
  const wanted = env(PROGRESS_VARIABLE)?.trim().toLowerCase() ?? "";
  if (["0", "false", "no", "off"].includes(wanted)) return false;
  return ["1", "true", "yes", "on"].includes(wanted) || takesProgress(env);
}

/** Returns whether the terminal is known to show progress and not to take it for a notification. */
function takesProgress(env: Env): boolean {
  const term = env("TERM") ?? "";
  // A multiplexer has several programs on one terminal, and would drop the sequence or keep it after its program.
  if (env("TMUX") || env("STY") || env("ZELLIJ") || /^(?:screen|tmux|dumb|linux)\b/.test(term)) return false;
  const program = env("TERM_PROGRAM");
  if (program) return isSince(env("TERM_PROGRAM_VERSION"), SINCE[program]);
  // The two that SSH passes on: iTerm2 sets LC_TERMINAL, and servers accept LC_*.
  if (term === "xterm-ghostty") return true;
  if (env("LC_TERMINAL") === "iTerm2") return isSince(env("LC_TERMINAL_VERSION"), SINCE["iTerm.app"]);
  // A terminal that was started from another one inherits its variables.
  if (!/^xterm(?:-(?:16|256)color)?$/.test(term)) return false;
  return Boolean(env("WT_SESSION")) || env("ConEmuANSI") === "ON" || Number(env("VTE_VERSION") ?? 0) >= VTE_SINCE;
}

function isSince(version: string | undefined, since: readonly number[] | undefined): boolean {
  if (!since) return false;
  const numbers = (version ?? "").split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0);
  for (const [index, least] of since.entries()) {
    const number = numbers[index] ?? 0;
    if (number !== least) return number > least;
  }
  return true;
}

/** What the terminal is to show: states of OSC 9;4, and percent. */
export type Shown =
  | { readonly state: "none" | "busy" }
  | { readonly state: "normal" | "error" | "paused"; readonly percent: number };

const STATES = { none: 0, normal: 1, error: 2, busy: 3, paused: 4 } as const;

/** Ends with ST, because some terminals with VTE do not take BEL. */
export function progressSequence(shown: Shown): string {
  return `\x1b]9;4;${STATES[shown.state]};${"percent" in shown ? shown.percent : 0}\x1b\\`;
}

/** Returns what a run shows: the share of its epochs, or of the features before that. */
export function progressOf({ run, view }: DashboardState): Shown {
  if (view.lost) return { state: "error", percent: 100 };
  if (run.end) {
    const failed = run.end.reason === "failed" || run.end.reason === "nan" || run.end.refused !== undefined;
    return failed ? { state: "error", percent: 100 } : { state: "none" };
  }
  // Not connected yet, or replayed without a trainer.
  if (view.live !== true) return { state: "none" };
  const share = shareOf(run);
  if (run.control === "paused") return { state: "paused", percent: percent(share ?? 0) };
  return share === null ? { state: "busy" } : { state: "normal", percent: percent(share) };
}

function percent(share: number): number {
  return Math.floor(Math.max(0, Math.min(1, share)) * 100);
}

/** Returns the finished share of the current phase, or null if it is not known. */
function shareOf({ phase, progress, epochs }: DashboardState["run"]): number | null {
  if (phase === null) return null;
  const within = progress?.phase === phase.name && progress.total > 0 ? progress.done / progress.total : 0;
  if (phase.name === "prepare" || phase.total === 0) return null;
  if (phase.name === "extract") return within;
  // The progress of an epoch that has ended says nothing of the next one.
  const inNext = progress?.epoch === epochs.length + 1 ? within : 0;
  return (epochs.length + inNext) / phase.total;
}

/** Returns whether a run has ended, or lost its trainer, between two states: there, `--bell` rings. */
export function endsBetween(before: DashboardState, after: DashboardState): boolean {
  const isOver = ({ run, view }: DashboardState) => run.end !== null || view.lost;
  // The end of a series is the end of its last run. A run that had ended before the viewer came is only replayed.
  return before.view.live === true && !isOver(before) && isOver(after) && nextRun(after.view) === null;
}

/** Ghostty takes a progress back that is not repeated for 15 seconds. */
const REPEAT_MS = 5000;

/** Shows the progress of a run in the terminal, until `close`. */
export class TerminalProgress {
  #written: string | null = null;
  #writtenMs = -Infinity;
  #closed = false;

  /** @param write writes to the terminal; null if it does not take progress */
  constructor(
    private readonly write: ((text: string) => void) | null,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  show(state: DashboardState): void {
    const shown = progressOf(state);
    // Nothing is to be taken back that was never shown.
    if (this.#closed || (this.#written === null && shown.state === "none")) return;
    const text = progressSequence(shown);
    const isOld = shown.state !== "none" && this.nowMs() - this.#writtenMs >= REPEAT_MS;
    if (text === this.#written && !isOld) return;
    this.#written = text;
    this.#writtenMs = this.nowMs();
    this.write?.(text);
  }

  /** Takes the progress back. The next state shows it again. */
  clear(): void {
    const none = progressSequence({ state: "none" });
    if (this.#written !== null && this.#written !== none) this.write?.(none);
    this.#written = null;
  }

  /** Takes the progress back for good. */
  close(): void {
    this.clear();
    this.#closed = true;
  }
}
