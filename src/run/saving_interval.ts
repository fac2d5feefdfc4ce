/** Decides how often the last checkpoint is saved, so that saving takes a small share of the training time. */

/**
 * `last` should never be older than 5 s. It is requested a little earlier, because it is saved after the current step.
 */
export const SAVE_LAST_EVERY_MS = 4000;

/**
 * The time between two saves is this many times what a save takes. It is more than a hundred times, so that saving
 * costs training less than 1 % although some saves take much longer than most, and the first and the last one do not
 * wait.
 */
const TIMES_A_SAVE = 200;

/** However slow the disk is, no more work than this may be lost. */
const AT_LEAST_EVERY_MS = 120_000;

/** The number of saves whose median counts, because one of them may have waited for other programs. */
const COUNTED = 3;

/** The measured duration of saving. */
export class SavingInterval {
  #tookMs: readonly number[] = [];

  /** @param shortestMs the interval as long as a save takes little time, in milliseconds */
  constructor(private readonly shortestMs: number = SAVE_LAST_EVERY_MS) {}

  /** The time from one save to the next request, in milliseconds. */
  get ms(): number {
    return Math.min(AT_LEAST_EVERY_MS, Math.max(this.shortestMs, TIMES_A_SAVE * (lowerMedian(this.#tookMs) ?? 0)));
  }

  /** Records how long a save took in all, from reading the state to the last written byte, in milliseconds. */
  note(tookMs: number): void {
    this.#tookMs = [...this.#tookMs, tookMs].slice(-COUNTED);
  }
}

/** Of two values, the smaller one: the first save is often slower than all later ones. Undefined if there is none. */
function lowerMedian(values: readonly number[]): number | undefined {
  return values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) / 2)];
}

/** Requests `last` as often as the interval says. Must be disposed. */
export class SaveTimer {
  #timer: ReturnType<typeof setTimeout>;

  /** @param request called at each interval after the last save or request */
  constructor(private readonly request: () => void, private readonly interval: SavingInterval = new SavingInterval()) {
    this.#timer = this.#requestLater();
  }

  /** Records that the state was saved just now, and how long that took in all, in milliseconds. */
  saved(tookMs: number): void {
    this.interval.note(tookMs);
    clearTimeout(this.#timer);
    this.#timer = this.#requestLater();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #requestLater(): ReturnType<typeof setTimeout> {
    const request = () => {
      // Not every request leads to a save: nothing is saved before the first step, or twice at the same step.
      this.#timer = this.#requestLater();
      this.request();
    };
    return setTimeout(request, this.interval.ms);
  }
}
