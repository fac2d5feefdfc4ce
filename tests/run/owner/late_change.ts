/** The kinds of changes to a run that owner_child.ts makes, each with a stop of the process immediately before it. */
export const LATE_CHANGES = ["file", "link", "checkpoint", "removal", "event", "row"] as const;
export type LateChange = typeof LATE_CHANGES[number];

export function isLateChange(name: string): name is LateChange {
  return LATE_CHANGES.some((known) => known === name);
}
