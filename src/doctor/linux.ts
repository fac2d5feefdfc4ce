/** Parses files in which Linux describes itself. Pure. */

/** Returns a control group's memory.max in bytes; null if it has no limit below the machine's memory. */
export function memoryLimit(memoryMax: string, total: number): number | null {
  const limit = Number.parseInt(memoryMax, 10);
  return limit < total ? limit : null;
}
