/** What `--notify` names: a URL, or a command for a shell. Either may contain a secret. */

/** Returns whether a target is a URL. */
export function isUrl(target: string): boolean {
  return /^https?:\/\//i.test(target);
}

/**
 * Returns what may be shown of a target: the host of a URL, or the program of a command. The rest of both may be a
 * secret, such as the token of a webhook.
 */
export function shownTarget(target: string): string {
  if (!isUrl(target)) return target.trim().replace(/^(\S+)\s.*$/s, "$1 …");
  return URL.canParse(target) ? `${new URL(target).origin}/…` : "https://…";
}

/** The variable that tells a trainer the working directory of a command: where the person has started the run. */
export const CALLER_VARIABLE = "HEADLIGHT_CALLER";
