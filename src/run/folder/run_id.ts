/** Names of runs: sorted by time, read by eye. */

/** `20261123-205501-densenet121-dollarstreet`, in UTC. */
export function makeRunId(date: Date, base: string, data: string): string {
  const stamp = date.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  const plain = data.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "").slice(0, 32);
  return [stamp, base, plain].filter((part) => part !== "").join("-");
}
