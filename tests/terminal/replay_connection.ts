/**
 * A run connection whose trainer is a recorded stream. Events come from memory, and commands are answered and recorded.
 */
import { EVENT_VERSION, type EventBody, type RunEvent } from "../../src/events.ts";
import type { Command, Reply } from "../../src/protocol.ts";
import type { RunConnection } from "../../src/run/control/connection.ts";

export interface ReplayOptions {
  readonly events: readonly RunEvent[];
  readonly live: boolean;
  /** Milliseconds between events from `paceFrom` on. Earlier events come at once. */
  readonly paceMs?: number;
  readonly paceFrom?: number;
  /** Events from `holdFrom` on come once this resolves, so that a test can first wait for the screen. */
  readonly goOn?: Promise<void>;
  readonly holdFrom?: number;
  /** What happens after the last event: wait for commands, end, or end as if the trainer had crashed. */
  readonly then: "wait" | "close";
  /** A trainer that ignores `stop`. */
  readonly deaf?: boolean;
  readonly onCommand?: (command: Command) => void;
  readonly onClose?: (how: "detach" | "drop") => void;
}

export class ReplayConnection implements RunConnection {
  readonly id = "20261123-205501-densenet121-dollarstreet";
  readonly directory = `/home/ada/headlight/runs/${this.id}`;
  readonly live: boolean;
  readonly #stop = Promise.withResolvers<Extract<Command, { type: "stop" }> | null>();
  readonly #said: EventBody[] = [];
  #wake: () => void = () => {};
  #seq = 0;

  constructor(private readonly options: ReplayOptions) {
    this.live = options.live;
    this.#stop.promise.then(() => this.#wake());
  }

  readonly events: AsyncIterable<RunEvent> = { [Symbol.asyncIterator]: () => this.#run() };

  async *#run(): AsyncGenerator<RunEvent> {
    const { events, paceMs = 0, paceFrom = 0, goOn, holdFrom = Infinity, then } = this.options;
    let stopped: Extract<Command, { type: "stop" }> | null = null;
    let closed = false;
    this.#stop.promise.then((command) => {
      stopped = command;
      closed = true;
    });
    for (const event of events) {
      if (paceMs > 0 && event.seq > paceFrom) await this.#pause(paceMs);
      if (event.seq > holdFrom) await Promise.race([goOn, this.#stop.promise]);
      if (closed) break;
      this.#seq = event.seq;
      // Event times are based on the present, not on the time of the recording.
      yield paceMs > 0 ? { ...event, time: new Date().toISOString() } : event;
      // A run that was resumed has an end before its last session too.
      if (event.type === "end" && event === events.at(-1)) return;
    }
    if (then === "close") return;
    while (!closed) {
      yield* this.#saidSince();
      if (!closed) await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    yield* this.#saidSince();
    if (stopped) yield this.#end(stopped);
  }

  send(command: Command): Promise<Reply> {
    this.options.onCommand?.(command);
    if (command.type === "stop" && !this.options.deaf) this.#stop.resolve(command);
    if (command.type === "pause") this.#said.push({ type: "control", state: "paused" });
    if (command.type === "resume") this.#said.push({ type: "control", state: "resumed" });
    this.#wake();
    return Promise.resolve({ type: "reply", id: 1, ok: true, text: `${command.type}: taken by the trainer` });
  }

  close(how: "detach" | "drop"): Promise<void> {
    this.options.onClose?.(how);
    this.#stop.resolve(null);
    return Promise.resolve();
  }

  async #pause(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([this.#stop.promise, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
    clearTimeout(timer);
  }

  *#saidSince(): Generator<RunEvent> {
    for (const body of this.#said.splice(0)) yield this.#next(body);
  }

  #next(body: EventBody): RunEvent {
    return { seq: ++this.#seq, time: new Date().toISOString(), v: EVENT_VERSION, ...body };
  }

  #end(command: Extract<Command, { type: "stop" }>): RunEvent {
    return this.#next({
      type: "end",
      reason: command.signal ? "interrupted" : "stopped",
      epochs: 0,
      best: null,
      last: null,
      seconds: { total: 1, prepare: 1, extract: 0, train: 0 },
      run: this.id,
      directory: this.directory,
      notices: [],
      ...(command.signal === undefined ? {} : { signal: command.signal }),
    });
  }
}
