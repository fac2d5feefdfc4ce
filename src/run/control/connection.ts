/** The connection of a viewer (dashboard, plain lines, JSON lines) to a run, live or finished. */
import type { RunEvent } from "../../events.ts";
import type { Command, Reply } from "../../protocol.ts";

/** How a viewer takes part in a run. */
export interface ViewerOptions {
  readonly role: "owner" | "viewer";
  /** owner: whether losing this viewer stops the run. */
  readonly stopOnLoss: boolean;
  /**
   * `now` leaves out earlier events, for a viewer that only sends one command. A number leaves out the events up to
   * that one, for a viewer that shows only what follows.
   */
  readonly since: "start" | "now" | number;
}

export interface RunConnection {
  readonly id: string;
  readonly directory: string;
  /** Whether there is a trainer that takes commands. */
  readonly live: boolean;
  /**
   * The events in the log, then new ones as they happen. Can be read once. Ends after `end`, or when the trainer exits.
   */
  readonly events: AsyncIterable<RunEvent>;
  /**
   * Resolves with the trainer's answer, or with `ok: false` if there is no trainer. Never throws.
   * @param onWait called with one line if the answer may take longer than a moment
   */
  send(command: Command, onWait?: (line: string) => void): Promise<Reply>;
  /** Closes the connection. With `detach`, an owner leaves on purpose, and the run continues. */
  close(how: "detach" | "drop"): Promise<void>;
}
