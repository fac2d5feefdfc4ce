/** What happens to a run of the campaign: strikes, and what a person asks for. */

export type Target = "trainer" | "viewer" | "extractor";
export type FaultSignal = "SIGKILL" | "SIGTERM" | "SIGINT" | "SIGHUP";

/** When something happens. Each moment is followed by a random delay. */
export type Moment =
  /** After the process has started: while it loads its modules and prepares. */
  | { readonly during: "start" }
  /** While the extractor loads its modules or computes features. */
  | { readonly during: "extraction" }
  /** After this number of epochs of the session: while the next one is trained. */
  | { readonly during: "training"; readonly epochs: number }
  /** While a checkpoint, a link or config.json is being written, after this number of epochs. */
  | { readonly during: "saving"; readonly epochs: number }
  /** Right after a line of the log was written, after this number of epochs. */
  | { readonly during: "logging"; readonly epochs: number }
  /** While the run is paused: after this number of epochs, or, with 0, before it trains. */
  | { readonly during: "pause"; readonly epochs: number }
  /** When no epoch is left: while the last weights are saved and the trainer takes its leave. */
  | { readonly during: "ending" };

export interface Strike {
  readonly kind: "strike";
  readonly target: Target;
  readonly signal: FaultSignal;
  readonly moment: Moment;
  readonly delayMs: number;
  /**
   * Where a killed trainer's last write ends, as a share of the line: a line of the log and a row of history.csv are
   * written up to there. Null for no such line: a kill hardly ever falls within the system's call itself.
   */
  readonly torn: number | null;
}

/** What a person asks for. It interrupts nothing. */
export interface Ask {
  readonly kind: "ask";
  readonly wish: "checkpoint" | "pause";
  readonly moment: Extract<Moment, { readonly during: "extraction" | "training" }>;
  readonly delayMs: number;
  /** How long a pause lasts, and whether a checkpoint is asked for in it. */
  readonly pauseMs: number;
  readonly saves: boolean;
}

export type Act = Strike | Ask;

/** Returns how an act is called in reports. */
export function nameOf(act: Act): string {
  if (act.kind === "ask") return `${act.wish} asked for during ${act.moment.during}`;
  const { target, signal, moment, torn } = act;
  return `${signal} to the ${target} during ${moment.during}` + (torn === null ? "" : ", within a line");
}

/**
 * Whether the strike ends the session. A trainer ignores a hang-up, and restarts its extractor. A detached run does not
 * need a viewer.
 */
export function endsSession({ target, signal }: Strike, detached: boolean): boolean {
  return (target === "viewer" && !detached) || (target === "trainer" && signal !== "SIGHUP");
}

/** Whether the strike may come before training has begun. */
export function isBeforeTraining({ moment }: Strike): boolean {
  return moment.during === "start" || moment.during === "extraction" ||
    (moment.during === "pause" && moment.epochs === 0);
}
