/** Reads the log of oneDNN with ONEDNN_VERBOSE=1: one line per primitive, with its milliseconds. Pure. */

/** A child prints these marks around the part to be counted. */
export const COUNT_FROM = "bench: count from here";
export const COUNT_TO = "bench: count to here";

/**
 * Returns the milliseconds by kind of primitive (convolution, reorder, …) between the two marks. Other versions have
 * other fields in the middle of a line, but the kind and the time are at the same places.
 */
export function millisecondsByPrimitive(output: string): Map<string, number> {
  const sums = new Map<string, number>();
  let counting = false;
  for (const line of output.split("\n")) {
    if (line.includes(COUNT_FROM)) counting = true;
    if (line.includes(COUNT_TO)) counting = false;
    const [, kind, ms] = /onednn_verbose,(?:v\d+,)?primitive,exec,cpu,([a-z_]+),.*,([0-9.e+-]+)$/.exec(line.trim()) ??
      [];
    if (!counting || kind === undefined || !Number.isFinite(Number(ms))) continue;
    sums.set(kind, (sums.get(kind) ?? 0) + Number(ms));
  }
  return sums;
}
