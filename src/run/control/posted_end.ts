/**
 * The end of a resume that is refused or stopped before its first step. The log does not get it, and viewers get it
 * over the socket. For a host that cannot reach the socket and has given a command, the trainer appends it to
 * `replies.jsonl`, so that this host does not take the trainer for one that crashed.
 */
import { z } from "zod";
import { type EventOf, parseEvent } from "../../events.ts";
import { errorLine } from "../../errors.ts";
import { checkGuard } from "../../files/guard.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { appendLine, linesOf, postedSchema } from "./command_file.ts";

type Files = Pick<RunDirectory, "commands" | "replies">;

const postedEndSchema = z.object({
  /** The token of the owner that ends. */
  from: z.string(),
  end: z.unknown().transform((value, context) => {
    try {
      const event = parseEvent(value);
      if (event?.type === "end") return event;
    } catch {
      // Not an event.
    }
    context.addIssue("must be the event of an end");
    return z.NEVER;
  }),
});

/** Appends the end if any command was given to the owner `token` by a file. Never throws. */
export function postEnd(run: Files, token: string, end: EventOf<"end">): void {
  try {
    if (!linesOf(run.commands, postedSchema).some((line) => line.type === "command" && line.to === token)) return;
    checkGuard(run.replies);
    appendLine(run.replies, { from: token, end } satisfies z.input<typeof postedEndSchema>);
  } catch (error) {
    // The other host then says less, and the run is as it was before.
    console.error(errorLine(error));
  }
}

/** Returns the end that the owner `token` appended, or null if there is none. */
export function postedEnd(run: Files, token: string): EventOf<"end"> | null {
  try {
    return linesOf(run.replies, postedEndSchema).find(({ from }) => from === token)?.end ?? null;
  } catch {
    return null;
  }
}
