/**
 * A viewer's connection to a running trainer. Past events are read from the log, new ones come over the socket. Both
 * have the same numbers, so they can be joined without gaps or duplicates, even if the connection breaks and is made
 * again.
 */
import { parseEvent, type RunEvent } from "../../events.ts";
import { type Command, type Reply, type Request, responseSchema } from "../../protocol.ts";
import type { RunConnection, ViewerOptions } from "./connection.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { eventsAfter, lastSeq } from "../log/event_log.ts";
import { jsonLine, jsonLineReader } from "./json_lines.ts";
import { NOBODY, refusal } from "./logged_run.ts";
import { custodyOf } from "../owner/custody.ts";
import { AsyncQueue } from "./queue.ts";
import { reach } from "./reach.ts";
import type { TrainerSocket } from "./trainer_socket.ts";

/** How long to try to reconnect, in milliseconds. The trainer recreates a lost socket within half a second. */
const RECONNECT_FOR_MS = 3000;
const RECONNECT_EVERY_MS = 50;
const FAREWELL_MS = 500;
/**
 * The maximum length of a response. The longest event is a confusion matrix, with about 20 bytes per validation image.
 */
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

export class LiveConnection implements RunConnection {
  readonly id: string;
  readonly directory: string;
  readonly #queue = new AsyncQueue<RunEvent>();
  /** The largest seq that is in the queue, or that was in the log when the viewer connected. */
  #received: number;
  #live = true;
  #leaving = false;
  #ended = false;
  #nextId = 1;
  readonly #waiting = new Map<number, (reply: Reply) => void>();

  constructor(
    private readonly run: RunDirectory,
    private socket: TrainerSocket,
    private readonly options: ViewerOptions,
  ) {
    this.id = run.id;
    this.directory = run.path;
    this.#received = lastSeq(run.events);
    this.#join(socket);
  }

  get live(): boolean {
    return this.#live;
  }

  get events(): AsyncIterable<RunEvent> {
    return this.#events();
  }

  async *#events(): AsyncGenerator<RunEvent, void, void> {
    const { since } = this.options;
    let seen = typeof since === "number" ? since : 0;
    // The end of an earlier session: a trainer that resumes the run writes nothing until it has checked everything. If
    // it is the end of this trainer instead, the connection closes soon.
    let end: RunEvent | null = null;
    if (since !== "now") {
      for (const event of eventsAfter(this.run.events, seen)) {
        seen = event.seq;
        if (event.type === "end") end = event;
        else yield event;
      }
    }
    for await (const event of this.#queue) {
      if (event.seq <= seen) continue;
      end = null;
      yield event;
    }
    if (end) yield end;
  }

  send(command: Command): Promise<Reply> {
    const id = this.#nextId++;
    if (!this.#live) return Promise.resolve(refusal(NOBODY, id));
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#request({ type: "command", id, command });
    });
  }

  async close(how: "detach" | "drop"): Promise<void> {
    this.#leaving = true;
    if (!this.#live) return;
    if (how === "drop") {
      this.socket.destroy();
      return;
    }
    this.#request({ type: "leave" });
    this.socket.end();
    await Promise.race([this.socket.closed, new Promise((resolve) => setTimeout(resolve, FAREWELL_MS))]);
    this.socket.destroy();
  }

  #join(socket: TrainerSocket): void {
    this.socket = socket;
    const reader = jsonLineReader({
      maxBytes: MAX_RESPONSE_BYTES,
      onValue: (value) => {
        const response = responseSchema.parse(value);
        if (response.type === "reply") return this.#answered(response);
        const event = parseEvent(response.event);
        if (event) this.#take(event);
      },
      // Skip the line, as in a log. Requesting it again would give the same line.
      onRefused: () => {},
    });
    void socket.read((chunk) => reader.push(chunk));
    void socket.closed.then(() => this.#lost()).catch((error) => this.#fail(error));
    const { role, stopOnLoss } = this.options;
    this.#request({ type: "subscribe", after: this.#received, role, stop_on_loss: stopOnLoss });
  }

  async #lost(): Promise<void> {
    const socket = this.#ended || this.#leaving ? null : await this.#reachAgain();
    if (socket) {
      this.#refuseWaiting("the connection to the trainer was lost; try again");
      // A viewer that was disconnected because it did not read has missed much. Sending it again would slow the
      // trainer.
      this.#takeLogged();
      return this.#join(socket);
    }
    this.#live = false;
    // A trainer that crashed may have written events to the log that it never sent over the socket.
    this.#takeLogged();
    this.#queue.close();
    this.#refuseWaiting(NOBODY);
  }

  /** The log cannot be read. Whoever reads the events gets the error. */
  #fail(error: unknown): void {
    this.#live = false;
    this.#queue.fail(error);
    this.#refuseWaiting(NOBODY);
  }

  async #reachAgain(): Promise<TrainerSocket | null> {
    for (const deadlineMs = performance.now() + RECONNECT_FOR_MS; performance.now() < deadlineMs;) {
      const custody = custodyOf(this.run);
      if (custody.kind !== "owned" || this.#leaving) return null;
      const socket = await reach(custody.owner);
      if (socket) return socket;
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_EVERY_MS));
    }
    return null;
  }

  #takeLogged(): void {
    for (const event of eventsAfter(this.run.events, this.#received)) this.#take(event);
  }

  #take(event: RunEvent): void {
    if (event.seq <= this.#received) return;
    this.#received = event.seq;
    this.#ended ||= event.type === "end";
    this.#queue.push(event);
  }

  #request(request: Request): void {
    this.socket.write(jsonLine(request));
  }

  #answered(reply: Reply): void {
    this.#waiting.get(reply.id)?.(reply);
    this.#waiting.delete(reply.id);
  }

  #refuseWaiting(text: string): void {
    for (const [id] of this.#waiting) this.#answered(refusal(text, id));
  }
}
