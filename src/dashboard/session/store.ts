/** Holds the newest state and decides when it is drawn: at once if a person is waiting, otherwise at a limited rate. */
import type { DashboardState } from "../view/state.ts";

export class Store {
  #newest: DashboardState;
  #shown: DashboardState;
  #shownAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();

  /** @param frameMs returns the minimum time until the next frame; called for each frame */
  constructor(state: DashboardState, private readonly frameMs: () => number) {
    this.#newest = state;
    this.#shown = state;
  }

  set(state: DashboardState, urgent: boolean): void {
    this.#newest = state;
    if (urgent) this.#show();
    else this.#timer ??= setTimeout(() => this.#show(), this.#untilNextFrame());
  }

  /** Returns the state that is on the screen. */
  readonly snapshot = (): DashboardState => this.#shown;

  readonly subscribe = (listener: () => void): () => void => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  close(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #untilNextFrame(): number {
    return Math.max(0, this.#shownAt + this.frameMs() - performance.now());
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#shown === this.#newest) return;
    this.#shown = this.#newest;
    this.#shownAt = performance.now();
    for (const listener of this.#listeners) listener();
  }
}
