/** Holds the newest state and decides when the screen gets it: at once for a person, else at a bounded rate. */
import type { DashboardState } from "./state.ts";

/** About four frames a second. */
const FRAME_MS = 250;

export class Store {
  #newest: DashboardState;
  #shown: DashboardState;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(state: DashboardState, private readonly frameMs: number = FRAME_MS) {
    this.#newest = state;
    this.#shown = state;
  }

  set(state: DashboardState, urgent: boolean): void {
    this.#newest = state;
    if (urgent) this.#show();
    else this.#timer ??= setTimeout(() => this.#show(), this.frameMs);
  }

  /** What is on the screen. */
  readonly snapshot = (): DashboardState => this.#shown;

  readonly subscribe = (listener: () => void): () => void => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  close(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#shown === this.#newest) return;
    this.#shown = this.#newest;
    for (const listener of this.#listeners) listener();
  }
}
