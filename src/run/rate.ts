/** The rate of work over the last few seconds. */

const WINDOW_MS = 8000;
/** The minimum time, in milliseconds, before a rate is returned. */
const WARM_UP_MS = 500;

/**
 * The minimum time between two samples that are kept, in milliseconds. Unchanged files are noted 100,000 times a
 * second, and taking the first one off a list of so many moves all others.
 */
const SAMPLE_EVERY_MS = 50;

export class RateMeter {
  #samples: { readonly atMs: number; readonly done: number }[] = [];
  #done = -Infinity;

  /** The number of samples that are kept. */
  get kept(): number {
    return this.#samples.length;
  }

  /**
   * Records the amount of work done so far. Returns units per second over the window, or null if it is too early to
   * tell.
   */
  note(done: number, nowMs: number): number | null {
    // The amount falls when a new epoch or another download begins.
    if (done < this.#done) this.#samples = [];
    this.#done = done;
    if (nowMs - (this.#samples.at(-1)?.atMs ?? -Infinity) >= SAMPLE_EVERY_MS) this.#samples.push({ atMs: nowMs, done });
    while (this.#samples.length > 2 && nowMs - (this.#samples[1]?.atMs ?? nowMs) >= WINDOW_MS) this.#samples.shift();
    const first = this.#samples[0];
    if (!first || nowMs - first.atMs < WARM_UP_MS || done <= first.done) return null;
    return (done - first.done) / ((nowMs - first.atMs) / 1000);
  }
}
