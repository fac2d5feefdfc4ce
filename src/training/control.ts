/** The requests of a person to a running training. The training loop reads them between two batches. */
import type { StopSignal } from "../stop_signals.ts";

/** A request to stop. */
export interface StopRequest {
  /** The signal that requested the stop, if one did. */
  readonly signal?: StopSignal;
}

/**
 * The kinds of checkpoints that can be requested: `manual` by a person, `last` by a timer that keeps the last
 * checkpoint recent.
 */
export type RequestedCheckpoint = "manual" | "last";

/** The current requests, set by the trainer process and read by the training loop. */
export class Control {
  #stop: StopRequest | null = null;
  #paused = false;
  #checkpoints: RequestedCheckpoint[] = [];
  #listeners = new Set<() => void>();
  readonly #stopping = new AbortController();

  /** Aborted at the first request to stop. Ends work outside the training loop, such as setup and extraction. */
  get stopped(): AbortSignal {
    return this.#stopping.signal;
  }

  get stop(): StopRequest | null {
    return this.#stop;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Requests a stop. The first request wins, so a second one does not change the reason. */
  requestStop(request: StopRequest = {}): void {
    this.#stop ??= request;
    this.#stopping.abort();
    this.#changed();
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#changed();
  }

  requestCheckpoint(kind: RequestedCheckpoint): void {
    if (!this.#checkpoints.includes(kind)) this.#checkpoints.push(kind);
    this.#changed();
  }

  /** Returns the checkpoints requested since the last call. */
  takeCheckpoints(): RequestedCheckpoint[] {
    return this.#checkpoints.splice(0);
  }

  /** Resolves at the next change. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      const listener = () => {
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
    });
  }

  /** Resolves all pending `changed()` promises, so that those who wait look again. */
  wake(): void {
    this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
