/** Plans what happens to a run of the campaign, from a seed. Pure. */
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { at } from "../../src/at.ts";
import { stream } from "../../src/training/random.ts";
import { type Scenario, SCENARIOS } from "./scenarios.ts";

export type Target = "trainer" | "viewer" | "extractor";
export type FaultSignal = "SIGKILL" | "SIGTERM" | "SIGINT" | "SIGHUP";

/** When a process is struck. Each moment is followed by a random delay. */
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
  /** When no epoch is left: while the last weights are saved and the trainer takes its leave. */
  | { readonly during: "ending" };

export interface Strike {
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

export interface Plan {
  readonly seed: number;
  readonly scenario: Scenario;
  /** Whether the run begins without features in the cache, so that it extracts them. */
  readonly emptyCache: boolean;
  /** One to three strikes, in the order of the run's phases. */
  readonly strikes: readonly Strike[];
}

/** Extraction can be struck in the first sessions only. */
const MOMENTS = [
  ...["start", "extraction", "extraction", "extraction", "training", "training"],
  ...["saving", "saving", "logging", "logging", "ending"],
] as const;
/** SIGKILL as often as all others together. */
const SIGNALS = ["SIGKILL", "SIGKILL", "SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"] as const;

/** The longest delay after each moment, in milliseconds. */
const DELAY_MS: Readonly<Record<Moment["during"], number>> = {
  start: 1500,
  extraction: 2000,
  training: 40,
  saving: 12,
  logging: 3,
  ending: 60,
};

/** Returns the plan of a seed. Equal seeds give equal plans. */
export function planOf(seed: number): Plan {
  const random = stream(seed, "faults");
  const below = (count: number) => uniformInt(random, 0, count - 1);
  const oneOf = <T>(list: readonly T[]): T => at(list, below(list.length));
  const scenario = at(SCENARIOS, seed % SCENARIOS.length);
  const strikes = Array.from({ length: 1 + below(3) }, (): Strike => {
    const during = oneOf(MOMENTS.filter((moment) => scenario.extracts || moment !== "extraction"));
    const epochs = 1 + below(Math.floor(scenario.epochs / 4));
    const timed = during === "training" || during === "saving" || during === "logging";
    const moment: Moment = timed ? { during, epochs } : { during };
    const target = during === "extraction"
      ? oneOf(["trainer", "viewer", "extractor"] as const)
      : struckIn(during, below);
    const signal = target === "extractor" ? "SIGKILL" : oneOf(SIGNALS);
    const delayMs = below(DELAY_MS[during] + 1);
    const tears = during === "logging" && target === "trainer" && signal === "SIGKILL" && below(2) === 0;
    return { target, signal, moment, delayMs, torn: tears ? below(100) / 100 : null };
  }).sort((one, other) => placeOf(one) - placeOf(other));
  return { seed, scenario, emptyCache: strikes.some(({ moment }) => moment.during === "extraction"), strikes };
}

/** Only the trainer writes, so it is the usual target there. */
function struckIn(during: Moment["during"], below: (count: number) => number): Target {
  const most = during === "saving" || during === "logging" ? 5 : 2;
  return below(most) === 0 ? "viewer" : "trainer";
}

/** Moments in the middle of training can come in any order; the others come once. */
function placeOf({ moment }: Strike): number {
  return { start: 0, extraction: 1, training: 2, saving: 2, logging: 2, ending: 3 }[moment.during];
}

/** Returns how a strike is called in reports. */
export function nameOf({ target, signal, moment, torn }: Strike): string {
  return `${signal} to the ${target} during ${moment.during}` + (torn === null ? "" : ", within a line");
}

/** Whether the strike ends the session. A trainer ignores a hang-up, and restarts its extractor. */
export function endsSession({ target, signal }: Strike): boolean {
  return target === "viewer" || (target === "trainer" && signal !== "SIGHUP");
}
