/**
 * Lets the event loop run between two pieces of work, so that signals and sockets are handled. Awaiting a resolved
 * promise does not do this. `setImmediate` (0.03 ms) lets timers run and handles what has already arrived. But as long
 * as there is always another immediate, Deno's runtime polls sockets and signals only every 61st time (tokio's
 * event_interval), and with steps of 10 ms it took a second until a command was handled. A timer makes the runtime poll
 * at once. It takes about 2 ms, so it is used only every 40 ms.
 */
import { setImmediate } from "node:timers";

/** The maximum time without polling, besides that of the current step. 2 ms of 40 ms are 5 %. */
const REST_EVERY_MS = 40;

export class Turns {
  #restedMs = -Infinity;

  /** @param nowMs a monotonic clock, in milliseconds */
  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** Resolves once pending events are handled. Await it after each piece of work. */
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
