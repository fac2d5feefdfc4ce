/**
 * Records the trainer's events: each one is written to the log and then passed to the listener. Without room on the
 * disk, events reach the listener nevertheless, and are written later.
 */
import type { EventBody, RunEvent } from "../events.ts";
import { diskProblem } from "../files/room.ts";
import type { EventLog } from "./log/event_log.ts";
import { RateMeter } from "./rate.ts";

type Progress = Extract<EventBody, { type: "progress" }>;

/** At most two progress events a second. */
const PROGRESS_EVERY_MS = 500;

/**
 * If this many events wait to be written, events that only show the present moment are recorded less often, so that
 * they take little memory. They wait on a full disk, and in a resumed run until its first step.
 */
const MOST_UNWRITTEN = 1000;
const RARELY_MS = 10_000;
const OF_THE_MOMENT: ReadonlySet<EventBody["type"]> = new Set(["system", "progress", "samples", "confusion"]);

export class Journal {
  #lastProgressMs = -Infinity;
  #meter = new RateMeter();
  #metered = "";
  /** The newest progress event, if it has not been recorded. */
  #unsaid: EventBody | null = null;
  #listener: (event: RunEvent) => void = () => {};
  #ended = false;
  /** When the last event of each type that shows the present moment was recorded. */
  readonly #recordedMs = new Map<EventBody["type"], number>();

  constructor(private readonly log: EventLog, private readonly nowMs: () => number = () => performance.now()) {}

  /** Passes every further event to `listener`. */
  listen(listener: (event: RunEvent) => void): void {
    this.#listener = listener;
  }

  /**
   * Records an event. Events after `end` are dropped, because work that was interrupted by a stop may still report
   * progress. An event for which the disk has no room is kept for `flush`.
   * @throws if the event cannot be written to the log for another reason; the listener gets it nevertheless
   */
  say(body: EventBody): void {
    if (this.#ended) return;
    if (OF_THE_MOMENT.has(body.type)) {
      const now = this.nowMs();
      const sinceMs = now - (this.#recordedMs.get(body.type) ?? -Infinity);
      if (this.log.unwritten.events >= MOST_UNWRITTEN && sinceMs < RARELY_MS) return;
      this.#recordedMs.set(body.type, now);
    }
    this.#ended = body.type === "end";
    // Progress of the epoch's batches is out of date now.
    if (body.type === "epoch") this.#unsaid = null;
    // A rate over the pause too would be far too low.
    if (body.type === "control" && body.state === "resumed") this.#meter = new RateMeter();
    const event = this.log.number(body);
    try {
      this.log.write(event);
    } catch (error) {
      if (diskProblem(error) === null) throw error;
    } finally {
      this.#listener(event);
    }
  }

  /**
   * Records the progress of a phase and its rate, at most twice a second, and the beginning of a step at once. Most
   * calls record nothing.
   * @param rated what the rate is computed from, if it is not `done`. Images from the cache, for example, took no time.
   */
  progress(body: Omit<Progress, "type" | "per_second">, rated: number = body.done): void {
    const now = this.nowMs();
    const what = `${body.phase}/${body.label ?? ""}`;
    const isNew = what !== this.#metered;
    if (isNew) {
      this.#unsaid = null;
      this.#metered = what;
      this.#meter = new RateMeter();
    }
    const perSecond = this.#meter.note(rated, now);
    // Always record the last progress event. Otherwise a phase would seem to end early.
    const last = body.total > 0 && body.done === body.total && body.unit === "images";
    // A step such as compiling reports nothing until it ends. The screen would show the step before it.
    const begins = isNew && body.label !== undefined && body.done === 0;
    this.#unsaid = { type: "progress", ...body, per_second: perSecond };
    if (last || begins || now - this.#lastProgressMs >= PROGRESS_EVERY_MS) this.catchUp();
  }

  /**
   * Records the newest progress. Call this before a pause, so that the screen shows the current state during the pause.
   */
  catchUp(): void {
    if (!this.#unsaid) return;
    this.#lastProgressMs = this.nowMs();
    const body = this.#unsaid;
    this.#unsaid = null;
    this.say(body);
  }

  /** The number of bytes that could not be written to the log for lack of room. */
  get unwrittenBytes(): number {
    return this.log.unwritten.bytes;
  }

  /** Writes the events that could not be written before. @throws the system's error if there is still no room */
  flush(): void {
    this.log.flush();
  }

  /** Writes and syncs all events so far. @throws the system's error if there is no room */
  sync(): void {
    this.log.flush();
    this.log.sync();
  }
}
