/** What a person may ask of a run while it lasts; the loop looks at it between two batches. */
import type { StopSignal } from "../stop_signals.ts";

export interface StopRequest {
  readonly signal?: StopSignal;
}

/** Kinds of checkpoints that can be asked for: by a person, or by the clock so that `last` is never old. */
export type RequestedCheckpoint = "manual" | "last";

export class Control {
  #stop: StopRequest | null = null;
  #paused = false;
  #checkpoints: RequestedCheckpoint[] = [];
  #listeners = new Set<() => void>();
  readonly #stopping = new AbortController();

  /** Aborted at the first request to stop: ends what waits outside the loop (set-up, extraction). */
  get stopped(): AbortSignal {
    return this.#stopping.signal;
  }

  get stop(): StopRequest | null {
    return this.#stop;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** The first request counts: a stop asked twice keeps its reason. */
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

  /** The requests since the last call; each is handed out once. */
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

  /** Has everybody who waits for a change look again. */
  wake(): void {
    this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
