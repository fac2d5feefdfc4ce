/** What Linux says about itself in files. Pure: the text comes in. */

/** A control group's memory.max in bytes; null where it sets none below what the machine has. */
export function memoryLimit(memoryMax: string, total: number): number | null {
  const limit = Number.parseInt(memoryMax, 10);
  return limit < total ? limit : null;
}
