/** How fast work gets done, over the last few seconds. */

const WINDOW_MS = 8000;
/** Below this there is too little to say anything. */
const WARM_UP_MS = 500;

export class RateMeter {
  #samples: { atMs: number; done: number }[] = [];

  /** Notes how much is done by now; returns units a second over the window, or null while it is too early to tell. */
  note(done: number, nowMs: number): number | null {
    const before = this.#samples.at(-1);
    // Done can fall: a new epoch begins, another download starts.
    if (before && done < before.done) this.#samples = [];
    this.#samples.push({ atMs: nowMs, done });
    while (this.#samples.length > 2 && nowMs - (this.#samples[1]?.atMs ?? nowMs) >= WINDOW_MS) this.#samples.shift();
    const first = this.#samples[0];
    if (!first || nowMs - first.atMs < WARM_UP_MS || done <= first.done) return null;
    return (done - first.done) / ((nowMs - first.atMs) / 1000);
  }
}
