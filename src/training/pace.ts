/**
 * Computes how many training steps one call should run. Stop, checkpoint and pause commands are not processed until the
 * call returns.
 */

/** The time for one call. Commands take effect within 100 ms; the rest of that is for the work around a call. */
const CALL_MS = 40;

/** The number of steps in a call before the first one has been measured. */
const FIRST_STEPS = 2;

/** The measured duration of a step. */
export class Pace {
  #stepMs: number | null = null;

  /** The number of steps that the next call should run, at least 1. */
  get stepsPerCall(): number {
    if (this.#stepMs === null) return FIRST_STEPS;
    return Math.max(1, Math.floor(CALL_MS / this.#stepMs));
  }

  /**
   * Records how long a call took. A slower call counts fully and a faster one by a quarter, because the load of other
   * programs comes and goes.
   */
  note(steps: number, tookMs: number): void {
    const stepMs = Math.max(1e-3, tookMs / steps);
    this.#stepMs = this.#stepMs === null ? stepMs : Math.max(stepMs, 0.75 * this.#stepMs + 0.25 * stepMs);
  }
}
