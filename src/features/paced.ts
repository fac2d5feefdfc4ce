/** Limits how much of a loop's time a look at shared files takes. */

/** A look is repeated only after this many times what it took, so that looking takes less than 5 % of the time. */
const TIMES_A_LOOK = 20;

/** However long a look takes, it is not put off longer than this, because somebody may wait for what it finds. */
const AT_LEAST_EVERY_MS = 30_000;

/**
 * A look at something that other processes change. Looking again is put off the longer, the longer the last look took: a
 * folder with a few files is looked at each time, and one with the files of a thousand processes now and then.
 */
export class Paced<T> {
  #last: { readonly value: T; readonly endedMs: number; readonly tookMs: number } | null = null;

  /** @param nowMs a monotonic clock, in milliseconds */
  constructor(private readonly look: () => T, private readonly nowMs: () => number) {}

  /** Looks if it is time to, and returns what the last look returned. */
  get(): T {
    const beganMs = this.nowMs();
    if (this.#last === null) return this.again();
    const { value, endedMs, tookMs } = this.#last;
    return beganMs - endedMs < Math.min(AT_LEAST_EVERY_MS, TIMES_A_LOOK * tookMs) ? value : this.again();
  }

  /** Looks in any case. */
  again(): T {
    const beganMs = this.nowMs();
    const value = this.look();
    const endedMs = this.nowMs();
    this.#last = { value, endedMs, tookMs: endedMs - beganMs };
    return value;
  }
}
