/** The trainer's end of the control socket: sends events and receives commands, as JSON lines over a unix socket. */
import { createServer, type Server, type Socket } from "node:net";
import { removeIfThere } from "../../files/atomic.ts";
import type { RunEvent } from "../../events.ts";
import { type Command, type Request, requestSchema, type Response } from "../../protocol.ts";
import { jsonLine, readJsonLines } from "./json_lines.ts";

/**
 * The number of bytes after which a viewer that does not read is disconnected. When it reads again, it reconnects and
 * reads the events that it missed from the log (LiveConnection). All viewers share the bytes of an event, so that
 * viewers that do not read hold this much memory together, not each.
 */
const MAX_UNSENT_BYTES = 8 * 1024 * 1024;
/**
 * The shortest time between two deliveries of events, in milliseconds. An event after a quiet time is sent at once.
 * Each write to a viewer costs the trainer processor time, and short epochs have many events.
 */
const DELIVER_EVERY_MS = 100;
/** The maximum length of a request. The longest valid request has about 100 bytes. */
const MAX_REQUEST_BYTES = 64 * 1024;
/** How long a client that is disconnected has to read the reason, in milliseconds. */
const REASON_READABLE_MS = 500;

export interface ControlHandlers {
  /**
   * Returns all events so far with a larger seq. Called in the same turn of the event loop in which the viewer joins,
   * so that no event is lost.
   */
  eventsAfter(seq: number): RunEvent[];
  /** Carries out a command. Returns what it does and when it takes effect, or why it cannot be carried out. */
  command(command: Command): { ok: boolean; text: string };
  /** Called when the viewer that started the run is lost, and the run must stop with it. */
  ownerLost(): void;
  /** Called when that viewer has detached on purpose, so that the run continues without it. */
  ownerLeft(): void;
}

export class ControlServer {
  #server: Server | null = null;
  #path = "";
  readonly #subscribers = new Set<Socket>();
  readonly #sockets = new Set<Socket>();
  /** The events to deliver next. */
  #undelivered: RunEvent[] = [];
  #deliveredAtMs = -Infinity;
  #deliveryTimer: ReturnType<typeof setTimeout> | undefined;
  /** The sockets that the server closed itself. Their loss does not mean that their viewers are gone. */
  readonly #letGo = new WeakSet<Socket>();
  /** The viewers that nobody looks at: those that started a run without a terminal, as a batch job does. */
  readonly #unattended = new WeakSet<Socket>();
  readonly #firstViewer = Promise.withResolvers<void>();

  private constructor(private readonly handlers: ControlHandlers) {}

  /** Listens at `path`, whose folder must exist. The caller must own the run's lock. */
  static async listen(path: string, handlers: ControlHandlers): Promise<ControlServer> {
    const control = new ControlServer(handlers);
    await control.moveTo(path);
    return control;
  }

  get path(): string {
    return this.#path;
  }

  /**
   * Listens at `path` from now on, and no longer at the old path. Replaces a socket that is left there. Viewers stay
   * connected.
   */
  async moveTo(path: string): Promise<void> {
    this.#server?.close();
    removeIfThere(path);
    const server = createServer((socket) => this.#serve(socket));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
    // For good measure: other users cannot enter its folder anyway.
    Deno.chmodSync(path, 0o600);
    this.#server = server;
    this.#path = path;
  }

  /** The number of viewers that receive events. */
  get viewers(): number {
    return this.#subscribers.size;
  }

  /** Whether a viewer receives events that a person may be looking at. */
  get isAttended(): boolean {
    return [...this.#subscribers].some((socket) => !this.#unattended.has(socket));
  }

  /** The number of connections, including clients that do not receive events. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Waits until a viewer has joined, at most `patienceMs` milliseconds. */
  async firstViewer(patienceMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<void>((resolve) => timer = setTimeout(resolve, patienceMs));
    await Promise.race([this.#firstViewer.promise, patience]);
    clearTimeout(timer);
  }

  /** Sends an event to all viewers, soon. */
  publish(event: RunEvent): void {
    if (this.#subscribers.size === 0) return;
    this.#undelivered.push(event);
    const waitMs = this.#deliveredAtMs + DELIVER_EVERY_MS - performance.now();
    if (waitMs <= 0) this.#deliver();
    else this.#deliveryTimer ??= setTimeout(() => this.#deliver(), waitMs);
  }

  #deliver(): void {
    clearTimeout(this.#deliveryTimer);
    this.#deliveryTimer = undefined;
    if (this.#undelivered.length === 0) return;
    const bytes = encoded(this.#undelivered.splice(0));
    this.#deliveredAtMs = performance.now();
    for (const socket of this.#subscribers) this.#send(socket, bytes);
  }

  /** Waits until every viewer has received what was sent, at most `patienceMs` milliseconds, then closes the server. */
  async close(patienceMs: number): Promise<void> {
    this.#deliver();
    const drained = [...this.#sockets].map((socket) => new Promise<void>((resolve) => socket.end(() => resolve())));
    await Promise.race([Promise.all(drained), new Promise((resolve) => setTimeout(resolve, patienceMs))]);
    for (const socket of this.#sockets) socket.destroy();
    this.#server?.close();
    removeIfThere(this.#path);
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let stopOnLoss = false;
    const request = (message: Request): void => {
      if (message.type === "subscribe") {
        if (this.#subscribers.has(socket)) throw new Error("subscribed already");
        stopOnLoss = message.role === "owner" && message.stop_on_loss;
        if (stopOnLoss) this.#unattended.add(socket);
        // What the others have not got yet is in the log too. The new viewer must not get it twice.
        this.#deliver();
        for (const event of this.handlers.eventsAfter(message.after)) {
          if (!this.#send(socket, encoded([event]))) return;
        }
        this.#subscribers.add(socket);
        this.#firstViewer.resolve();
      } else if (message.type === "leave") {
        if (stopOnLoss) this.handlers.ownerLeft();
        stopOnLoss = false;
      } else {
        const reply: Response = { type: "reply", id: message.id, ...this.handlers.command(message.command) };
        // Events of before the reply, among them the command's effect, come first.
        this.#deliver();
        this.#send(socket, encoder.encode(jsonLine(reply)));
      }
    };
    const stopReading = readJsonLines(socket, {
      maxBytes: MAX_REQUEST_BYTES,
      onValue: (value) => request(requestSchema.parse(value)),
      onRefused: (why) => {
        stopReading();
        this.#cutOff(socket, why);
      },
    });
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#subscribers.delete(socket);
      if (stopOnLoss && !this.#letGo.has(socket)) this.handlers.ownerLost();
    });
  }

  /** Sends the reason and closes the connection, because the client is not a viewer, or is one of another version. */
  #cutOff(socket: Socket, why: string): void {
    this.#subscribers.delete(socket);
    // If the socket were closed at once, a client that is still sending would get a broken pipe before it could read
    // the reason. Pausing leaves its data unread.
    socket.pause();
    socket.end(
      jsonLine({ type: "reply", id: 0, ok: false, text: `${why}; closing the connection` } satisfies Response),
    );
    const timer = setTimeout(() => socket.destroy(), REASON_READABLE_MS);
    socket.once("close", () => clearTimeout(timer));
  }

  /** Returns whether the bytes are sent or will be. If not, the viewer is disconnected, because it does not read. */
  #send(socket: Socket, bytes: Uint8Array): boolean {
    if (socket.destroyed) return false;
    if (socket.writableLength <= MAX_UNSENT_BYTES) {
      socket.write(bytes);
      return true;
    }
    this.#subscribers.delete(socket);
    this.#letGo.add(socket);
    socket.destroy();
    return false;
  }
}

const encoder = new TextEncoder();

function encoded(events: readonly RunEvent[]): Uint8Array {
  const lines = events.map((event) => jsonLine({ type: "event", event } satisfies Response));
  return encoder.encode(lines.join(""));
}
