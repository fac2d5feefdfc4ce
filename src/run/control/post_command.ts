/** Gives a command to a trainer by the files that it reads (`command_file.ts`), and waits for its answer. */
import { systemReason } from "../../files/system_error.ts";
import type { Command } from "../../protocol.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { custodyOf } from "../owner/custody.ts";
import { appendLine, linesOf, type Posted, type PostedReply, postedReplySchema, postedSchema } from "./command_file.ts";

/** How long to wait for an answer, in milliseconds. Network file systems cache folders and files for up to 60 s. */
export const ANSWERS_WITHIN_MS = 65_000;
const LOOK_EVERY_MS = 500;
/** How often to check that the line is still in the file. Two hosts that append at once may overwrite each other. */
const CHECK_EVERY_MS = 5000;

export interface PostOptions {
  /** The owner's token. */
  readonly to: string;
  /** Cancels waiting, and withdraws the command. */
  readonly signal?: AbortSignal;
  readonly forMs?: number;
}

/** What became of a command. */
export type Delivery =
  | { readonly kind: "answered"; readonly reply: PostedReply }
  /** The trainer ended or lost the run meanwhile. */
  | { readonly kind: "gone" }
  /** Nothing answered in time, so the command was withdrawn. */
  | { readonly kind: "silent" }
  | { readonly kind: "failed"; readonly why: string };

/** Posts a command and waits for the trainer's answer. Never throws. */
export async function postCommand(
  run: RunDirectory,
  command: Command,
  { to, signal, forMs = ANSWERS_WITHIN_MS }: PostOptions,
): Promise<Delivery> {
  const id = crypto.randomUUID();
  const line: Posted = { type: "command", id, to, command };
  const deadlineMs = performance.now() + forMs;
  let checkAtMs = performance.now() + CHECK_EVERY_MS;
  try {
    appendLine(run.commands, line);
    while (performance.now() < deadlineMs && !signal?.aborted) {
      // This comes first: a trainer that ends between the two checks has answered before.
      const owned = isOwnedBy(run, to);
      const reply = linesOf(run.replies, postedReplySchema).find((reply) => reply.id === id);
      if (reply) return { kind: "answered", reply };
      if (!owned) return { kind: "gone" };
      if (performance.now() >= checkAtMs) {
        checkAtMs += CHECK_EVERY_MS;
        if (!linesOf(run.commands, postedSchema).some((posted) => posted.id === id)) appendLine(run.commands, line);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    appendLine(run.commands, { type: "withdraw", id } satisfies Posted);
    return { kind: "silent" };
  } catch (error) {
    return { kind: "failed", why: systemReason(error) };
  }
}

function isOwnedBy(run: RunDirectory, token: string): boolean {
  const custody = custodyOf(run);
  if (custody.kind !== "owned" && custody.kind !== "claimed") return false;
  // A lock that cannot be read is written again by its owner.
  return custody.owner === null || custody.owner.token === token;
}
