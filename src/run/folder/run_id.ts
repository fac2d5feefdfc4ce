/** Names of runs: sorted by time, read by eye. */

/** `20261123-205501-densenet121-dollarstreet`, in UTC. */
export function makeRunId(date: Date, base: string, data: string): string {
  const stamp = date.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  const plain = data.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "").slice(0, 32);
  return [stamp, base, plain].filter((part) => part !== "").join("-");
}

/** As `makeRunId` begins them. */
const RUN_ID = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)(?![^-])/;

/** The time in a run's id; null where it is not one that Headlight gave. */
export function timeInId(id: string): Date | null {
  const [, year, month, day, hours, minutes, seconds] = RUN_ID.exec(id) ?? [];
  if (year === undefined) return null;
  const date = new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}
