/**
 * A run that is shown together with another one. Its state is read from its log, and read again when the log has grown.
 */
import type { RunEvent } from "../../events.ts";
import { type RunState, runStateOf, SILENT_RUN } from "../../run_state/run_state.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { eventsAfter } from "./event_log.ts";

export class RunBeside {
  #state: RunState = SILENT_RUN;
  #seen = 0;
  #bytes = -1;

  constructor(private readonly run: RunDirectory) {}

  get id(): string {
    return this.run.id;
  }

  get state(): RunState {
    return this.#state;
  }

  /** Reads new events. Returns whether there is something new to show: epochs, the `run` event, or the end. */
  look(): boolean {
    const bytes = this.#size();
    if (bytes === this.#bytes) return false;
    this.#bytes = bytes;
    const before = this.#state;
    this.#state = runStateOf(this.#newEvents(), before);
    const after = this.#state;
    return after.epochs !== before.epochs || after.facts !== before.facts || after.end !== before.end;
  }

  *#newEvents(): Generator<RunEvent, void, void> {
    for (const event of eventsAfter(this.run.events, this.#seen)) {
      this.#seen = event.seq;
      yield event;
    }
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
