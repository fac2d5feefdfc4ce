/** How many steps one call should run. Stop, checkpoint and pause are not processed until the call returns. Pure. */

/** Of the 100 ms within which control takes effect. The rest is for what goes on around a call. */
const CALL_MS = 40;

/** Before the first call has been measured. */
const FIRST_STEPS = 2;

export class Pace {
  #stepMs: number | null = null;

  /** At least 1. */
  get stepsPerCall(): number {
    if (this.#stepMs === null) return FIRST_STEPS;
    return Math.max(1, Math.floor(CALL_MS / this.#stepMs));
  }

  /** Takes in what a call of some steps took. The slowest of late counts: what else runs on a machine comes and goes. */
  note(steps: number, tookMs: number): void {
    const stepMs = Math.max(1e-3, tookMs / steps);
    this.#stepMs = this.#stepMs === null ? stepMs : Math.max(stepMs, 0.75 * this.#stepMs + 0.25 * stepMs);
  }
}
