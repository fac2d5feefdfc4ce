/** What oneDNN says of itself with ONEDNN_VERBOSE=1: one line a primitive, with its milliseconds. Pure. */

/** A child prints these around what is to be counted. */
export const COUNT_FROM = "bench: count from here";
export const COUNT_TO = "bench: count to here";

/**
 * Milliseconds by kind of primitive (convolution, reorder, …) between the two marks. Another version's lines have other
 * fields in their middle; the kind and the time have kept their places.
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
