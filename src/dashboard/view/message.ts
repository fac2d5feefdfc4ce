/** The message about the last request. */
import type { Message, ViewState } from "./view_state.ts";

const SHOWN_MS = 8000;

/**
 * Returns the message until it expires or, if it stays, until the next one. The header shows the state that has taken
 * effect since.
 */
export function currentMessage({ message, now }: Pick<ViewState, "message" | "now">): Message | null {
  return message !== null && (message.stays || now - message.at < SHOWN_MS) ? message : null;
}
