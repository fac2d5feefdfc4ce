/** Runs whose trainer cannot be reached, so that only their log can be read. */
import type { RunEvent } from "../../events.ts";
import type { Command, Reply } from "../../protocol.ts";
import { isRegularFile } from "../../files/stored.ts";
import type { RunConnection, ViewerOptions } from "./connection.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { eventsAfter, lastSeq } from "../log/event_log.ts";
import { isOwned } from "../owner/custody.ts";
import { isElsewhere, type Owner } from "../owner/owner_record.ts";
import { ANSWERS_WITHIN_MS, postCommand } from "./post_command.ts";
import { postedEnd } from "./posted_end.ts";

export const NOBODY = "the run is not running, so it takes no commands";

/** A run without a trainer: replays its log. */
export class LoggedRun implements RunConnection {
  readonly id: string;
  readonly directory: string;
  readonly live: boolean = false;

  /** @param after the number of the last event that is left out */
  constructor(protected readonly run: RunDirectory, protected readonly after: number = 0) {
    this.id = run.id;
    this.directory = run.path;
  }

  get events(): AsyncIterable<RunEvent> {
    const events = eventsAfter(this.run.events, this.after);
    return (async function* () {
      yield* events;
    })();
  }

  send(_command: Command, _onWait?: (line: string) => void): Promise<Reply> {
    return Promise.resolve(refusal(NOBODY));
  }

  close(_how: "detach" | "drop"): Promise<void> {
    return Promise.resolve();
  }
}

const LOOK_EVERY_MS = 500;

/**
 * A run whose trainer is running but cannot be reached over its socket: it is on another machine that shares the
 * folder, or its socket is missing. The run is watched by its log, and commands are given by a file (`postCommand`).
 */
export class FollowedRun extends LoggedRun {
  /** Older trainers do not read a file of commands. */
  override readonly live: boolean;
  readonly #closed = new AbortController();

  constructor(
    run: RunDirectory,
    private readonly owner: Owner | null,
    { since }: Pick<ViewerOptions, "since">,
    private readonly answersWithinMs: number = ANSWERS_WITHIN_MS,
  ) {
    super(run, since === "now" ? lastSeq(run.events) : since === "start" ? 0 : since);
    this.live = owner !== null && owner.token !== null && isRegularFile(run.commands);
  }

  override get events(): AsyncIterable<RunEvent> {
    return this.#follow();
  }

  override async send(command: Command, onWait: (line: string) => void = () => {}): Promise<Reply> {
    const { owner, run, answersWithinMs } = this;
    if (!this.live || !owner?.token) return refusal(unreachable(owner));
    const seconds = Math.ceil(answersWithinMs / 1000);
    onWait(`the trainer runs on ${owner.host}; its answer may take ${seconds} s`);
    const sent = await postCommand(run, command, {
      to: owner.token,
      signal: this.#closed.signal,
      forMs: answersWithinMs,
    });
    switch (sent.kind) {
      case "answered":
        return { type: "reply", ...sent.reply, id: 0 };
      case "gone":
        return refusal(NOBODY);
      case "silent":
        return refusal(`no answer within ${seconds} s, so the command was withdrawn; ${unreachable(owner)}`);
      case "failed":
        return refusal(`${run.commands} cannot be used (${sent.why}); ${unreachable(owner)}`);
    }
  }

  override close(_how: "detach" | "drop"): Promise<void> {
    this.#closed.abort();
    return Promise.resolve();
  }

  async *#follow(): AsyncGenerator<RunEvent, void, void> {
    let seen = this.after;
    let bytes = -1;
    while (!this.#closed.signal.aborted) {
      // This comes before reading the log, so that the last events of a trainer that has just exited are read too.
      const owned = isOwned(this.run);
      const size = sizeOf(this.run.events);
      if (size !== bytes) {
        let last: RunEvent | null = null;
        for (const event of eventsAfter(this.run.events, seen)) {
          seen = event.seq;
          last = event;
          yield event;
        }
        // A run that was resumed has an end before its last session too.
        if (last?.type === "end") return;
        bytes = size;
      }
      if (!owned) {
        // A resume that ends before its first step leaves the log as it was.
        const token = this.owner?.token ?? null;
        const end = token === null ? null : postedEnd(this.run, token);
        if (end !== null && end.seq > seen) yield end;
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}

/** Returns why the owner cannot be reached, and what to do. */
function unreachable(owner: Owner | null): string {
  if (owner && isElsewhere(owner)) return `the trainer runs on ${owner.host}; run the command there`;
  const process = owner ? `; to save and stop the run: kill -TERM ${owner.pid}` : "";
  return `the trainer does not answer${process}`;
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
