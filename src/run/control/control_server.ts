/** The trainer's end of the control socket: events go out, commands come in. JSON lines over a unix socket. */
import { createServer, type Server, type Socket } from "node:net";
import { removeIfThere } from "../../files/atomic.ts";
import type { RunEvent } from "../../events.ts";
import { type Command, type Request, requestSchema, type Response } from "../../protocol.ts";
import { jsonLine, readJsonLines } from "./json_lines.ts";

/** A viewer that takes nothing for so long is let go: it comes back and asks for what it missed (LiveConnection). */
const MAX_UNSENT_BYTES = 8 * 1024 * 1024;
/** The longest request has about 100 bytes. */
const MAX_REQUEST_BYTES = 64 * 1024;
/** How long a sender that is cut off has to read why. */
const LAST_WORD_MS = 500;

export interface ControlHandlers {
  /** Every event so far with a larger seq; called in the same turn in which the viewer joins, so none is lost. */
  eventsAfter(seq: number): RunEvent[];
  /** Carries out a command; says what will happen and when, or why it cannot. */
  command(command: Command): { ok: boolean; text: string };
  /** The connection of the viewer that started the run broke, and the run must end with it. */
  ownerLost(): void;
  /** That viewer detached on purpose: the run goes on without it. */
  ownerLeft(): void;
}

export class ControlServer {
  #server: Server | null = null;
  #path = "";
  readonly #subscribers = new Set<Socket>();
  readonly #sockets = new Set<Socket>();
  /** Sockets that were closed from here: losing them says nothing about their viewers. */
  readonly #letGo = new WeakSet<Socket>();

  private constructor(private readonly handlers: ControlHandlers) {}

  /** Listens at `path`, in a folder that is there. The caller owns the run's lock. */
  static async listen(path: string, handlers: ControlHandlers): Promise<ControlServer> {
    const control = new ControlServer(handlers);
    await control.moveTo(path);
    return control;
  }

  get path(): string {
    return this.#path;
  }

  /** Listens at `path` from here on, and there only; a socket left there is replaced. Connected viewers stay. */
  async moveTo(path: string): Promise<void> {
    this.#server?.close();
    removeIfThere(path);
    const server = createServer((socket) => this.#serve(socket));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
    // Its folder is closed to others already.
    Deno.chmodSync(path, 0o600);
    this.#server = server;
    this.#path = path;
  }

  /** How many listen. */
  get viewers(): number {
    return this.#subscribers.size;
  }

  /** How many are connected, viewers or not. */
  get connections(): number {
    return this.#sockets.size;
  }

  publish(event: RunEvent): void {
    for (const socket of this.#subscribers) this.#send(socket, { type: "event", event });
  }

  /** Lets every viewer have what was sent, at most `patienceMs` long, then closes. */
  async close(patienceMs: number): Promise<void> {
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
        for (const event of this.handlers.eventsAfter(message.after)) this.#send(socket, { type: "event", event });
        this.#subscribers.add(socket);
      } else if (message.type === "leave") {
        if (stopOnLoss) this.handlers.ownerLeft();
        stopOnLoss = false;
      } else {
        this.#send(socket, { type: "reply", id: message.id, ...this.handlers.command(message.command) });
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

  /** Tells the sender why, and closes: it is no viewer, or one of another version. */
  #cutOff(socket: Socket, why: string): void {
    this.#subscribers.delete(socket);
    // Closed at once, a sender that is still sending would get a broken pipe before it could read. What it sends now
    // stays on its side.
    socket.pause();
    socket.end(
      jsonLine({ type: "reply", id: 0, ok: false, text: `${why}; the connection is closed` } satisfies Response),
    );
    const timer = setTimeout(() => socket.destroy(), LAST_WORD_MS);
    socket.once("close", () => clearTimeout(timer));
  }

  #send(socket: Socket, response: Response): void {
    if (socket.writableLength <= MAX_UNSENT_BYTES) {
      socket.write(jsonLine(response));
      return;
    }
    this.#letGo.add(socket);
    socket.destroy();
  }
}
