/** What a viewer (dashboard, plain lines, JSON lines) has in hand, be the run live or long over. */
import type { Command, Reply, RunEvent } from "../events.ts";

export interface RunConnection {
  readonly id: string;
  readonly directory: string;
  /** Whether a trainer is there to take commands. */
  readonly live: boolean;
  /** Every event from the first on: what the log holds, then what happens. Ends after `end`, or when the trainer died. */
  readonly events: AsyncIterable<RunEvent>;
  /** Resolves with the trainer's answer; `ok: false` where nobody is there to take it. Never throws. */
  send(command: Command): Promise<Reply>;
  /** Leaves. An owner's leaving on purpose (`detach`) is no loss to the run. */
  close(how: "detach" | "drop"): Promise<void>;
}
