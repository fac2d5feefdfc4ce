/** The trainer's end of the control socket: events go out, commands come in. JSON lines over a unix socket. */
import { createServer, type Server, type Socket } from "node:net";
import { removeIfThere } from "../../files/atomic.ts";
import type { RunEvent } from "../../events.ts";
import { type Command, type Request, requestSchema, type Response } from "../../protocol.ts";
import { jsonLine, readJsonLines } from "./json_lines.ts";

/** A viewer that takes nothing for so long is let go: it comes back and asks for what it missed (LiveConnection). */
const MAX_UNSENT_BYTES = 8 * 1024 * 1024;

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
    this.#server = server;
    this.#path = path;
  }

  /** How many listen. */
  get viewers(): number {
    return this.#subscribers.size;
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
    readJsonLines(socket, (value) => request(requestSchema.parse(value)));
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#subscribers.delete(socket);
      if (stopOnLoss && !this.#letGo.has(socket)) this.handlers.ownerLost();
    });
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
