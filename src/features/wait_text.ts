/**
 * Returns a sentence that says why no features are computed here.
 *
 * @param hosts the hosts that compute them, at least one
 */
export function waitText(hosts: readonly string[]): string {
  const [first = "", ...others] = hosts;
  const where = others.length === 0 ? first : `${first} and ${others.length} more`;
  return `Waiting for features that ${where} ${others.length === 0 ? "is" : "are"} computing. If nothing comes for a ` +
    "minute, they are computed here.";
}
