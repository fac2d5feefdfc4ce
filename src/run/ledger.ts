/** Collects what the `end` event of a run contains: the time spent in each phase, and the results. */
import type { Monitor } from "../config.ts";
import type { EventBody, PhaseName, PhaseSeconds } from "../events.ts";
import { bestFigures, EMPTY_HISTORY, epochsIn, figuresOf, type History, lastFigures } from "../training/history.ts";
import type { Direction } from "../metrics.ts";

type EndBody = Extract<EventBody, { type: "end" }>;

export class Ledger {
  #seconds: PhaseSeconds = { prepare: 0, extract: 0, train: 0 };
  #phase: PhaseName = "prepare";
  #sinceMs: number;
  history: History = EMPTY_HISTORY;
  /** The epoch whose weights were saved to final/. */
  restoredEpoch: number | null = null;
  notices: readonly string[] = [];
  /** Whether training has a state to save that is not in a checkpoint: this process has trained a step. */
  hasState = false;
  /** The command that repeats the run; null until the run is prepared, and if the run would fail again. */
  repeat: string | null = null;

  constructor(private readonly nowMs: () => number = () => performance.now()) {
    this.#sinceMs = nowMs();
  }

  get phase(): PhaseName {
    return this.#phase;
  }

  /** Adds what earlier sessions of a resumed run have spent and reached. */
  goOn(seconds: PhaseSeconds, history: History): void {
    this.#seconds = sum(this.#seconds, seconds);
    this.history = history;
  }

  /** The seconds that were spent so far, with those of earlier sessions. */
  get seconds(): PhaseSeconds {
    this.#settle();
    return this.#seconds;
  }

  enter(phase: PhaseName): void {
    this.#settle();
    this.#phase = phase;
  }

  /** Returns the `end` event of a run. */
  end(
    run: { id: string; path: string },
    monitored: { monitor: Monitor; mode: Direction },
    how: Pick<EndBody, "reason" | "error" | "exit_status" | "signal" | "cause">,
  ): EndBody {
    const { prepare, extract, train } = this.seconds;
    return {
      type: "end",
      ...how,
      epochs: epochsIn(this.history),
      best: bestFigures(this.history, monitored.monitor, monitored.mode),
      last: lastFigures(this.history),
      seconds: { total: prepare + extract + train, prepare, extract, train },
      run: run.id,
      directory: run.path,
      ...(this.restoredEpoch === null ? {} : { restored: figuresOf(this.history, this.restoredEpoch) }),
      notices: [...this.notices],
      repeat: this.repeat,
    };
  }

  #settle(): void {
    const now = this.nowMs();
    const spent = { prepare: 0, extract: 0, train: 0, [this.#phase]: (now - this.#sinceMs) / 1000 };
    this.#seconds = sum(this.#seconds, spent);
    this.#sinceMs = now;
  }
}

function sum(one: PhaseSeconds, other: PhaseSeconds): PhaseSeconds {
  return {
    prepare: one.prepare + other.prepare,
    extract: one.extract + other.extract,
    train: one.train + other.train,
  };
}
