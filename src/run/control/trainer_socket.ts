/**
 * A viewer's end of the control socket. It uses Deno's own sockets: with those of node:net, Deno 2.9 keeps some 10 kB
 * of each read for ever, which made a viewer grow by 10 MB in an hour of short epochs.
 */
import { Turns } from "../../turns.ts";

/** Enough for all events of a delivery with short epochs. */
const READ_BYTES = 64 * 1024;

export class TrainerSocket {
  /** Resolves when the connection is over, for whatever reason. */
  readonly closed: Promise<void>;
  readonly #closed = Promise.withResolvers<void>();
  #written: Promise<unknown> = Promise.resolve();

  constructor(private readonly connection: Deno.Conn) {
    this.closed = this.#closed.promise;
  }

  /** Connects to a socket. Returns null if nobody listens there. */
  static async open(path: string): Promise<TrainerSocket | null> {
    try {
      return new TrainerSocket(await Deno.connect({ transport: "unix", path }));
    } catch {
      return null;
    }
  }

  /** Reads until the connection is over. The memory of a chunk is used again for the next one. */
  async read(onChunk: (chunk: Uint8Array) => void): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    const turns = new Turns();
    try {
      for (;;) {
        const length = await this.connection.read(buffer);
        if (length === null) break;
        onChunk(buffer.subarray(0, length));
        // As long as there is always more to read, nothing else would be processed.
        await turns.next();
      }
    } catch {
      // The trainer is gone, or `destroy` was called.
    } finally {
      this.destroy();
      this.#closed.resolve();
    }
  }

  /** Sends a text after those before it. If it cannot be sent, the connection is over. */
  write(text: string): void {
    this.#then(async () => {
      const bytes = new TextEncoder().encode(text);
      for (let sent = 0; sent < bytes.length;) sent += await this.connection.write(bytes.subarray(sent));
    });
  }

  /** Says, after what was written, that nothing more comes. */
  end(): void {
    this.#then(() => this.connection.closeWrite());
  }

  destroy(): void {
    try {
      this.connection.close();
    } catch {
      // It is closed already.
    }
  }

  #then(act: () => Promise<void>): void {
    this.#written = this.#written.then(act).catch(() => this.destroy());
  }
}
