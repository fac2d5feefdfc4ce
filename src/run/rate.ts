/** The rate of work over the last few seconds. */

const WINDOW_MS = 8000;
/** The minimum time, in milliseconds, before a rate is returned. */
const WARM_UP_MS = 500;

export class RateMeter {
  #samples: { atMs: number; done: number }[] = [];

  /**
   * Records the amount of work done so far. Returns units per second over the window, or null if it is too early to
   * tell.
   */
  note(done: number, nowMs: number): number | null {
    const before = this.#samples.at(-1);
    // The amount falls when a new epoch or another download begins.
    if (before && done < before.done) this.#samples = [];
    this.#samples.push({ atMs: nowMs, done });
    while (this.#samples.length > 2 && nowMs - (this.#samples[1]?.atMs ?? nowMs) >= WINDOW_MS) this.#samples.shift();
    const first = this.#samples[0];
    if (!first || nowMs - first.atMs < WARM_UP_MS || done <= first.done) return null;
    return (done - first.done) / ((nowMs - first.atMs) / 1000);
  }
}
