/** The trainer's end of the control socket: events go out, commands come in. JSON lines over a unix socket. */
import { createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { removeIfThere } from "../files/atomic.ts";
import { type Command, type Request, requestSchema, type Response, type RunEvent } from "../events.ts";
import { jsonLine, readJsonLines } from "./json_lines.ts";
import { prepareSocketFolder } from "./socket_path.ts";

/** A viewer that takes nothing for so long is let go: it can come back and ask for what it missed. */
const MAX_UNSENT_BYTES = 8 * 1024 * 1024;

export interface ControlHandlers {
  /** Every event so far with a larger seq; called in the same turn in which the viewer joins, so none is lost. */
  eventsAfter(seq: number): RunEvent[];
  /** Carries out a command; says what will happen and when, or why it cannot. */
  command(command: Command): { ok: boolean; text: string };
  /** The viewer that started the run is gone without leave, and the run was to end with it. */
  ownerLost(): void;
  /** The viewer that started the run has come. */
  ownerCame(): void;
}

export class ControlServer {
  readonly #server: Server;
  readonly #subscribers = new Set<Socket>();
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly path: string, private readonly handlers: ControlHandlers) {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** Listens at `path`; a socket left there by a dead trainer is replaced. The caller owns the run's lock. */
  static async listen(path: string, handlers: ControlHandlers): Promise<ControlServer> {
    prepareSocketFolder(dirname(path));
    removeIfThere(path);
    const control = new ControlServer(path, handlers);
    await new Promise<void>((resolve, reject) => {
      control.#server.once("error", reject);
      control.#server.listen(path, resolve);
    });
    return control;
  }

  publish(event: RunEvent): void {
    for (const socket of this.#subscribers) this.#send(socket, { type: "event", event });
  }

  /** Lets every viewer have what was sent, at most `patienceMs` long, then closes. */
  async close(patienceMs: number): Promise<void> {
    const drained = [...this.#sockets].map((socket) => new Promise<void>((resolve) => socket.end(() => resolve())));
    await Promise.race([Promise.all(drained), new Promise((resolve) => setTimeout(resolve, patienceMs))]);
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    removeIfThere(this.path);
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let stopOnLoss = false;
    const request = (message: Request): void => {
      if (message.type === "subscribe") {
        stopOnLoss = message.role === "owner" && message.stop_on_loss;
        if (message.role === "owner") this.handlers.ownerCame();
        for (const event of this.handlers.eventsAfter(message.after)) this.#send(socket, { type: "event", event });
        this.#subscribers.add(socket);
      } else if (message.type === "leave") {
        stopOnLoss = false;
      } else {
        this.#send(socket, { type: "reply", id: message.id, ...this.handlers.command(message.command) });
      }
    };
    readJsonLines(socket, (value) => request(requestSchema.parse(value)));
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#subscribers.delete(socket);
      if (stopOnLoss) this.handlers.ownerLost();
    });
  }

  #send(socket: Socket, response: Response): void {
    if (socket.writableLength > MAX_UNSENT_BYTES) socket.destroy();
    else socket.write(jsonLine(response));
  }
}
