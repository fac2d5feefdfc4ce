/** Ages on the command line, such as `30d`, and the choice of entries by age. Pure. */

const UNIT_MS = { h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const AGE = /^([1-9]\d{0,5})([hdw])$/;

/** Returns an age in milliseconds, or null if the text is not a whole number of hours, days or weeks from 1. */
export function parseAge(text: string): number | null {
  const [, number, unit] = AGE.exec(text) ?? [];
  if (unit !== "h" && unit !== "d" && unit !== "w") return null;
  return Number(number) * UNIT_MS[unit];
}

/** Returns the entries that were last used at least `ageMs` ago, in their order. */
export function notUsedFor<E extends { readonly lastUseMs: number }>(
  entries: readonly E[],
  ageMs: number,
  nowMs: number,
): E[] {
  return entries.filter(({ lastUseMs }) => nowMs - lastUseMs >= ageMs);
}
