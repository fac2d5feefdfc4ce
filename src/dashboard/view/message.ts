/** What the footer says about the last request. */
import type { Message, ViewState } from "./view_state.ts";

const SHOWN_MS = 8000;

/** The message, as long as it is fresh; what has come into effect since is in the header. */
export function currentMessage({ message, now }: Pick<ViewState, "message" | "now">): Message | null {
  return message !== null && now - message.at < SHOWN_MS ? message : null;
}
