/** Plans what happens to a run of the campaign, from a seed. Pure. */
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { at } from "../../src/at.ts";
import { stream } from "../../src/training/random.ts";
import type { Act, Ask, Moment, Strike, Target } from "./acts.ts";
import { type Scenario, SCENARIOS } from "./scenarios.ts";

/** A run that is first given less than it needs, and the rest with `--resume`. */
export interface Extension {
  readonly option: "epochs" | "patience";
  /** The value with which the run starts. */
  readonly first: number;
  readonly full: number;
  /** Whether the rest is given at the first resume, even if the run has not finished. */
  readonly early: boolean;
}

export interface Plan {
  readonly seed: number;
  readonly scenario: Scenario;
  /** Whether the run begins without features in the cache, so that it extracts them. */
  readonly emptyCache: boolean;
  /** What happens, in the order of the run's phases: one to three strikes, and up to two things asked for. */
  readonly acts: readonly Act[];
  /** How many checkpoints are kept for their figure (`--keep`). */
  readonly keep: number;
  /** Whether the run starts with the weights of another one (`--from`). */
  readonly from: boolean;
  /** Whether the other run is removed as soon as this one has begun. */
  readonly losesSource: boolean;
  /** Which sessions, in turn, are started with `--detach`. */
  readonly detached: readonly boolean[];
  readonly extension: Extension | null;
}

/** Returns the plan of a run to which nothing happens. */
export function calmPlan(scenario: Scenario, from: boolean): Plan {
  return {
    ...{ seed: 0, scenario, emptyCache: false, acts: [], keep: 0, from, losesSource: false, detached: [false] },
    extension: null,
  };
}

/** Extraction can be struck in the first sessions only. */
const MOMENTS = [
  ...["start", "extraction", "extraction", "training", "training"],
  ...["saving", "saving", "logging", "logging", "pause", "pause", "ending"],
] as const;
/** SIGKILL as often as all others together. */
const SIGNALS = ["SIGKILL", "SIGKILL", "SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"] as const;
/** In the first epochs, because the events of the last ones arrive after the end. */
const ASKED_DURING = ["extraction", "training", "training", "training"] as const;

/** The longest delay after each moment, in milliseconds. */
const DELAY_MS: Readonly<Record<Moment["during"], number>> = {
  start: 1500,
  extraction: 2000,
  training: 40,
  saving: 12,
  logging: 3,
  pause: 200,
  ending: 60,
};
const LONGEST_PAUSE_MS = 300;

/** Returns the plan of a seed. Equal seeds give equal plans. */
export function planOf(seed: number): Plan {
  const random = stream(seed, "faults");
  const scenario = at(SCENARIOS, seed % SCENARIOS.length);
  const chance: Chance = {
    below: (count) => uniformInt(random, 0, count - 1),
    oneOf: (list) => at(list, uniformInt(random, 0, list.length - 1)),
  };
  const { below, oneOf } = chance;
  const strikes = Array.from({ length: oneOf([1, 2, 2, 3, 3]) }, () => strikeOf(scenario, chance));
  const asks = Array.from({ length: below(3) }, () => askOf(scenario, chance));
  const extracting = (moments: readonly Act[]) => moments.some(({ moment }) => moment.during === "extraction");
  const from = scenario.startsFromAnother && below(4) === 0;
  return {
    seed,
    scenario,
    emptyCache: extracting(strikes),
    acts: [...strikes, ...asks].sort((one, other) => placeOf(one) - placeOf(other)),
    keep: oneOf([0, 0, 1, 2, 3]),
    from,
    losesSource: from && below(2) === 0,
    detached: Array.from({ length: 4 }, () => below(4) === 0),
    extension: below(3) === 0 ? extensionOf(scenario, chance) : null,
  };
}

/** The random choices of a plan. */
interface Chance {
  /** Returns a number from 0 to `count` - 1. */
  below(count: number): number;
  oneOf<T>(list: readonly T[]): T;
}

function strikeOf({ extracts, epochs: most }: Scenario, { below, oneOf }: Chance): Strike {
  const during = oneOf(MOMENTS.filter((moment) => extracts || moment !== "extraction"));
  const epochs = 1 + below(Math.floor(most / 4));
  const moment = momentOf(during, during === "pause" && below(4) === 0 ? 0 : epochs);
  const target = during === "extraction" ? oneOf(["trainer", "viewer", "extractor"] as const) : struckIn(during, below);
  const signal = target === "extractor" ? "SIGKILL" : oneOf(SIGNALS);
  const delayMs = below(DELAY_MS[during] + 1);
  const tears = during === "logging" && target === "trainer" && signal === "SIGKILL" && below(2) === 0;
  return { kind: "strike", target, signal, moment, delayMs, torn: tears ? below(100) / 100 : null };
}

function momentOf(during: Moment["during"], epochs: number): Moment {
  return during === "start" || during === "extraction" || during === "ending" ? { during } : { during, epochs };
}

/** Only the trainer writes, so it is the usual target there. */
function struckIn(during: Moment["during"], below: Chance["below"]): Target {
  const most = during === "saving" || during === "logging" ? 5 : 2;
  return below(most) === 0 ? "viewer" : "trainer";
}

function askOf({ extracts, epochs: most }: Scenario, { below, oneOf }: Chance): Ask {
  const during = oneOf(ASKED_DURING.filter((moment) => extracts || moment !== "extraction"));
  return {
    kind: "ask",
    // Before training there is nothing to save.
    wish: during === "extraction" ? "pause" : oneOf(["checkpoint", "checkpoint", "pause"]),
    moment: during === "training" ? { during, epochs: 1 + below(Math.floor(most / 4)) } : { during },
    delayMs: below(DELAY_MS[during] + 1),
    pauseMs: below(LONGEST_PAUSE_MS + 1),
    saves: below(2) === 0,
  };
}

function extensionOf({ epochs, patience }: Scenario, { below, oneOf }: Chance): Extension {
  const option = patience === null ? "epochs" : oneOf(["epochs", "patience"] as const);
  const full = option === "patience" && patience !== null ? patience : epochs;
  const first = Math.floor(full / 4) + below(Math.floor(full / 2));
  return { option, first, full, early: below(2) === 0 };
}

/** Moments in the middle of training can come in any order; the others come once. */
function placeOf({ moment }: Act): number {
  if (moment.during === "pause" && moment.epochs === 0) return 1;
  return { start: 0, extraction: 1, training: 2, saving: 2, logging: 2, pause: 2, ending: 3 }[moment.during];
}
