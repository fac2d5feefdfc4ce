/** Ids of runs: sorted by time, and readable. */

/** Returns the id of a new run, such as `20261123-205501-densenet121-dollarstreet`. The time is in UTC. */
export function makeRunId(date: Date, base: string, data: string): string {
  const stamp = date.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  const parts = [plain(base, /[^a-z0-9_]+/g), plain(data, /[^a-z0-9]+/g)];
  return [stamp, ...parts].filter((part) => part !== "").join("-");
}

function plain(text: string, others: RegExp): string {
  return text.toLowerCase().replaceAll(others, "-").replaceAll(/^-|-$/g, "").slice(0, 32);
}

/** Matches the beginning of the ids that `makeRunId` makes. */
const RUN_ID = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)(?![^-])/;

/** Returns the time in a run's id, or null if Headlight did not make the id. */
export function timeInId(id: string): Date | null {
  const [, year, month, day, hours, minutes, seconds] = RUN_ID.exec(id) ?? [];
  if (year === undefined) return null;
  const date = new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}
