/**
 * Turns of the event loop between two pieces of work, in which signals and sockets get a word. A resolved promise gives
 * none. `setImmediate` (0.03 ms) gives one to timers and to what has already arrived, but while there is always a next
 * immediate, Deno's runtime looks at sockets and signals only every 61st time (tokio's event_interval): with steps of
 * 10 ms a command took a second to be heard. A timer lets the runtime come to rest, so that it looks at once; it costs
 * about 2 ms and so is taken only so often.
 */
import { setImmediate } from "node:timers";

/** Bounds how long a command goes unheard, beside the step under way; 2 ms of 40 are 5 %. */
const REST_EVERY_MS = 40;

export class Turns {
  #restedMs = -Infinity;

  /** @param nowMs a monotonic clock. */
  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** To be awaited after each piece of work. */
  next(): Promise<void> {
    if (this.nowMs() - this.#restedMs < REST_EVERY_MS) return new Promise((resolve) => setImmediate(() => resolve()));
    return new Promise((resolve) =>
      setTimeout(() => {
        this.#restedMs = this.nowMs();
        resolve();
      }, 0)
    );
  }
}
