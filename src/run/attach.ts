/**
 * A viewer's end of a run. Live: the socket, asked for everything after what is known. Over, or the trainer dead: the
 * log. Log and socket number events alike, so they join without loss or doubling.
 */
import { connect, type Socket } from "node:net";
import { hostname } from "node:os";
import { type Command, parseEvent, type Reply, type Request, responseSchema, type RunEvent } from "../events.ts";
import type { RunConnection } from "./connection.ts";
import type { RunDirectory } from "./directory.ts";
import { readEvents } from "./event_log.ts";
import { jsonLine, readJsonLines } from "./json_lines.ts";
import { livingOwner } from "./owner.ts";
import { AsyncQueue } from "./queue.ts";

export interface AttachOptions {
  readonly role: "owner" | "viewer";
  /** owner: losing this viewer stops the run. */
  readonly stopOnLoss: boolean;
  /**
   * Whether there is still a trainer to wait for. A trainer that was just started has no lock yet; false ends the
   * waiting and the log is all there is.
   */
  readonly trainerMayCome: () => boolean;
}

/** Between two looks for a trainer that is starting. */
const LOOK_MS = 10;

/** Attaches to a run, live or over. Resolves as soon as events can be read. */
export async function attach(run: RunDirectory, options: AttachOptions): Promise<RunConnection> {
  while (true) {
    const owner = livingOwner(run.lock);
    if (owner && owner.host === hostname()) {
      const socket = await open(owner.socket);
      if (socket) return new LiveConnection(run, socket, options);
    }
    if (!owner && !options.trainerMayCome()) return new LoggedRun(run);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Whether a living trainer owns the run. */
export function isLive(run: RunDirectory): boolean {
  return livingOwner(run.lock) !== null;
}

function open(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", () => resolve(null));
  });
}

const NOBODY = "no trainer is there to take it: the run is over";

class LiveConnection implements RunConnection {
  readonly id: string;
  readonly directory: string;
  readonly events: AsyncIterable<RunEvent>;
  #live = true;
  #nextId = 1;
  readonly #waiting = new Map<number, (reply: Reply) => void>();

  constructor(private readonly run: RunDirectory, private readonly socket: Socket, options: AttachOptions) {
    this.id = run.id;
    this.directory = run.path;
    const queue = new AsyncQueue<RunEvent>();
    this.events = queue;
    let seen = 0;
    const take = (event: RunEvent): void => {
      if (event.seq <= seen) return;
      seen = event.seq;
      queue.push(event);
    };
    readJsonLines(socket, (value) => {
      const response = responseSchema.parse(value);
      if (response.type === "reply") return this.#answered(response);
      const event = parseEvent(response.event);
      if (event) take(event);
    });
    socket.on("close", () => {
      this.#live = false;
      // A trainer that died without a word may have written more than it sent.
      for (const event of readEvents(run.events)) take(event);
      queue.close();
      for (const [id] of this.#waiting) this.#answered({ type: "reply", id, ok: false, text: NOBODY });
    });
    this.#request({ type: "subscribe", after: 0, role: options.role, stop_on_loss: options.stopOnLoss });
  }

  get live(): boolean {
    return this.#live;
  }

  send(command: Command): Promise<Reply> {
    const id = this.#nextId++;
    if (!this.#live) return Promise.resolve({ type: "reply", id, ok: false, text: NOBODY });
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#request({ type: "command", id, command });
    });
  }

  async close(how: "detach" | "drop"): Promise<void> {
    if (!this.#live) return;
    if (how === "drop") {
      this.socket.destroy();
      return;
    }
    const closed = new Promise((resolve) => this.socket.once("close", resolve));
    this.#request({ type: "leave" });
    this.socket.end();
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 500))]);
    this.socket.destroy();
  }

  #request(request: Request): void {
    this.socket.write(jsonLine(request));
  }

  #answered(reply: Reply): void {
    this.#waiting.get(reply.id)?.(reply);
    this.#waiting.delete(reply.id);
  }
}

/** A run without a trainer: what its log holds. */
class LoggedRun implements RunConnection {
  readonly id: string;
  readonly directory: string;
  readonly live = false;

  constructor(private readonly run: RunDirectory) {
    this.id = run.id;
    this.directory = run.path;
  }

  get events(): AsyncIterable<RunEvent> {
    const events = readEvents(this.run.events);
    return (async function* () {
      yield* events;
    })();
  }

  send(_command: Command): Promise<Reply> {
    return Promise.resolve({ type: "reply", id: 0, ok: false, text: NOBODY });
  }

  close(_how: "detach" | "drop"): Promise<void> {
    return Promise.resolve();
  }
}
