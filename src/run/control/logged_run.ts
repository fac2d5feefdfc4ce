/** Runs whose trainer cannot be reached, so that only their log can be read. */
import type { RunEvent } from "../../events.ts";
import type { Command, Reply } from "../../protocol.ts";
import type { RunConnection } from "./connection.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { eventsAfter } from "../log/event_log.ts";
import { isElsewhere, isOwned, type Owner } from "../owner/custody.ts";

export const NOBODY = "the run is not running, so it takes no commands";

/** A run without a trainer: replays its log. */
export class LoggedRun implements RunConnection {
  readonly id: string;
  readonly directory: string;
  readonly live = false;

  constructor(protected readonly run: RunDirectory) {
    this.id = run.id;
    this.directory = run.path;
  }

  get events(): AsyncIterable<RunEvent> {
    const events = eventsAfter(this.run.events, 0);
    return (async function* () {
      yield* events;
    })();
  }

  send(_command: Command): Promise<Reply> {
    return Promise.resolve(refusal(NOBODY));
  }

  close(_how: "detach" | "drop"): Promise<void> {
    return Promise.resolve();
  }
}

const LOOK_EVERY_MS = 500;

/**
 * A run whose trainer is running but cannot be reached: it is on another machine that shares the folder, or its socket
 * is missing. The run can be watched by its log, but takes no commands.
 */
export class FollowedRun extends LoggedRun {
  #closed = false;

  constructor(run: RunDirectory, private readonly owner: Owner | null) {
    super(run);
  }

  override get events(): AsyncIterable<RunEvent> {
    return this.#follow();
  }

  override send(_command: Command): Promise<Reply> {
    const { owner } = this;
    if (owner && isElsewhere(owner)) {
      return Promise.resolve(refusal(`the trainer runs on ${owner.host}; run the command there`));
    }
    const process = owner ? `; to save and stop the run: kill -TERM ${owner.pid}` : "";
    return Promise.resolve(refusal(`the trainer does not answer${process}`));
  }

  override close(_how: "detach" | "drop"): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  async *#follow(): AsyncGenerator<RunEvent, void, void> {
    let seen = 0;
    let bytes = -1;
    while (!this.#closed) {
      // This comes before reading the log, so that the last events of a trainer that has just exited are read too.
      const owned = isOwned(this.run);
      const size = sizeOf(this.run.events);
      if (size !== bytes) {
        for (const event of eventsAfter(this.run.events, seen)) {
          seen = event.seq;
          yield event;
          if (event.type === "end") return;
        }
        bytes = size;
      }
      if (!owned) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

/** Returns the reply to a command if there is no trainer to take it. */
export function refusal(text: string, id = 0): Reply {
  return { type: "reply", id, ok: false, text };
}
