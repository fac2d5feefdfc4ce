/** A run that is looked at beside another: its epochs, as its log has them, read again where the log has grown. */
import type { EventOf } from "../../events.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { eventsAfter } from "./event_log.ts";

export class RunBeside {
  readonly epochs: EventOf<"epoch">[] = [];
  #seen = 0;
  #bytes = -1;

  constructor(private readonly run: RunDirectory) {}

  get id(): string {
    return this.run.id;
  }

  /** Whether there is something new. */
  look(): boolean {
    const bytes = this.#size();
    if (bytes === this.#bytes) return false;
    this.#bytes = bytes;
    const before = this.epochs.length;
    for (const event of eventsAfter(this.run.events, this.#seen)) {
      this.#seen = event.seq;
      if (event.type === "epoch") this.epochs.push(event);
    }
    return this.epochs.length > before;
  }

  #size(): number {
    try {
      return Deno.statSync(this.run.events).size;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return 0;
      throw error;
    }
  }
}
