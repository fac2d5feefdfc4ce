/** Where the trainer says what happens: each event goes to the log, then to whoever listens. */
import type { EventBody, RunEvent } from "../events.ts";
import type { EventLog } from "./log/event_log.ts";
import { RateMeter } from "./rate.ts";

type Progress = Extract<EventBody, { type: "progress" }>;

/** At most two progress events a second. */
const PROGRESS_EVERY_MS = 500;

export class Journal {
  #lastProgressMs = -Infinity;
  #meter = new RateMeter();
  #metered = "";
  /** The newest progress, if it was not said. */
  #unsaid: EventBody | null = null;
  #listener: (event: RunEvent) => void = () => {};
  #ended = false;

  constructor(private readonly log: EventLog, private readonly nowMs: () => number = () => performance.now()) {}

  /** Hands every further event to `listener` as well. */
  listen(listener: (event: RunEvent) => void): void {
    this.#listener = listener;
  }

  /**
   * Nothing is said after `end`: work that a stop cut off may still report its progress.
   * @throws where the log does not take it; whoever listens has it then all the same.
   */
  say(body: EventBody): void {
    if (this.#ended) return;
    this.#ended = body.type === "end";
    // What an epoch's batches had to say is over with it.
    if (body.type === "epoch") this.#unsaid = null;
    const event = this.log.number(body);
    try {
      this.log.write(event);
    } finally {
      this.#listener(event);
    }
  }

  /**
   * Says how far a phase has come, with its rate; most calls say nothing, since twice a second is enough.
   * @param rated what the rate is taken of, where that is not `done` (images that the cache had took no time).
   */
  progress(body: Omit<Progress, "type" | "per_second">, rated: number = body.done): void {
    const now = this.nowMs();
    const what = `${body.phase}/${body.label ?? ""}`;
    if (what !== this.#metered) {
      this.#unsaid = null;
      this.#metered = what;
      this.#meter = new RateMeter();
    }
    const perSecond = this.#meter.note(rated, now);
    // The last one is always said: without it a phase would seem to end half-way.
    const last = body.total > 0 && body.done === body.total && body.phase === "extract";
    this.#unsaid = { type: "progress", ...body, per_second: perSecond };
    if (last || now - this.#lastProgressMs >= PROGRESS_EVERY_MS) this.catchUp();
  }

  /** Says how far the phase has come by now. Before a pause, so that what is on the screen meanwhile is the newest. */
  catchUp(): void {
    if (!this.#unsaid) return;
    this.#lastProgressMs = this.nowMs();
    const body = this.#unsaid;
    this.#unsaid = null;
    this.say(body);
  }

  sync(): void {
    this.log.sync();
  }
}
