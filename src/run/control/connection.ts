/** What a viewer (dashboard, plain lines, JSON lines) has in hand, whether the run is live or long over. */
import type { RunEvent } from "../../events.ts";
import type { Command, Reply } from "../../protocol.ts";

/** What a viewer is to a run. */
export interface ViewerOptions {
  readonly role: "owner" | "viewer";
  /** owner: losing this viewer stops the run. */
  readonly stopOnLoss: boolean;
  /** `now`: only what happens from here on, for a viewer that has one question. */
  readonly since: "start" | "now";
}

export interface RunConnection {
  readonly id: string;
  readonly directory: string;
  /** Whether a trainer is there to take commands. */
  readonly live: boolean;
  /** What the log holds, then what happens; to be read once. Ends after `end`, or when the trainer died. */
  readonly events: AsyncIterable<RunEvent>;
  /** Resolves with the trainer's answer; `ok: false` where nobody is there to take it. Never throws. */
  send(command: Command): Promise<Reply>;
  /** Leaves. An owner's leaving on purpose (`detach`) is no loss to the run. */
  close(how: "detach" | "drop"): Promise<void>;
}
