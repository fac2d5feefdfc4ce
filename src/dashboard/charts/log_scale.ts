/** Logarithmic axes. */
import { at } from "../../at.ts";
import { dotOf, type Rows, type Scale, steppedLabels, type Tick, tickRowsAtLeast, tidy } from "./scale.ts";

/** The ticks within a decade, from many to few. */
const CUTS = [[1, 2, 5], [1, 3], [1]] as const;
/** The round differences between ticks on an axis of less than a decade. */
const ROUND_STEPS = [1, 2, 2.5, 5];

/**
 * Returns a logarithmic axis that contains min…max (0 < min ≤ max) and little more, unless two ticks need more. The
 * ticks are round values. The lowest and the highest are exactly at their dots, the others at the nearest dot.
 */
export function logScale(min: number, max: number, room: Rows): Scale {
  if (max / min < 1 + 1e-6) return logScale(min / 1.1, max * 1.1, room);
  const scales = candidates(min, max).flatMap(({ values, labels }) => anchored(min, max, values, labels, room) ?? []);
  const [first, ...others] = scales;
  if (first) return others.reduce((best, scale) => (scale.ticks.length > best.ticks.length ? scale : best), first);
  const around = decadesAround(min, max);
  const [lower, upper] = [at(around, 0), at(around, 1)];
  const wide = anchored(lower, upper, around, around.map(logLabel), room);
  if (!wide) throw new RangeError(`no axis has room in ${room.rows} rows`);
  return wide;
}

/**
 * Returns the tightest axis whose lowest and highest tick are exactly at a dot, or null if the labels would be too
 * close.
 */
function anchored(
  min: number,
  max: number,
  values: readonly number[],
  labels: readonly string[],
  room: Rows,
): Scale | null {
  const [first, last] = [values[0], values.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  const dots = room.rows * room.dotsPerRow;
  const [below, within, above] = [Math.log(first / min), Math.log(last / first), Math.log(max / last)];
  // Move the ticks closer together, dot by dot, until the rest of the range fits on both sides.
  for (let apart = Math.floor((within / (below + within + above)) * (dots - 1) + 1e-9); apart > 0; apart--) {
    const perDot = within / apart;
    const under = Math.ceil(below / perDot - 1e-9);
    if (under + apart + Math.ceil(above / perDot - 1e-9) > dots - 1) continue;
    const lower = first * Math.exp(-under * perDot);
    const bare = { lower, upper: lower * Math.exp((dots - 1) * perDot), dots, log: true } as const;
    const ticks = values.map((value, index) => ({ value, label: at(labels, index), dot: dotOf(bare, value) }));
    return tooClose(ticks, room) ? null : { ...bare, ticks };
  }
  return null;
}

function tooClose(ticks: readonly Tick[], { rows, dotsPerRow }: Rows): boolean {
  const apart = tickRowsAtLeast(rows);
  return ticks.some(({ dot }, index) =>
    index > 0 && Math.floor(dot / dotsPerRow) - Math.floor(at(ticks, index - 1).dot / dotsPerRow) < apart
  );
}

/** Returns sets of round values within min…max, in several densities. */
function candidates(min: number, max: number): { values: number[]; labels: string[] }[] {
  const [first, last] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))];
  const decades = (every: number) =>
    Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, index) => 10 ** (first + index * every));
  const within = (value: number) => value >= min * (1 - 1e-9) && value <= max * (1 + 1e-9);
  const cut = [
    ...CUTS.map((cuts) => decades(1).flatMap((decade) => cuts.map((factor) => tidy(factor * decade)))),
    ...Array.from({ length: Math.max(0, last - first - 1) }, (_, index) => decades(index + 2).map(tidy)),
  ].map((values) => values.filter(within)).map((values) => ({ values, labels: values.map(logLabel) }));
  return max / min > 10 ? cut : [...cut, ...stepped(min, max)];
}

/** Returns sets of evenly spaced values, for axes of less than a decade, which have too few powers of ten. */
function stepped(min: number, max: number): { values: number[]; labels: string[] }[] {
  const exponent = Math.floor(Math.log10(max - min)) - 1;
  return [exponent, exponent + 1].flatMap((power) =>
    ROUND_STEPS.map((round) => {
      const step = tidy(round * 10 ** power);
      const [from, to] = [Math.ceil(min / step - 1e-9), Math.floor(max / step + 1e-9)];
      const values = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => tidy((from + index) * step));
      return { values, labels: steppedLabels(values, step) };
    })
  );
}

/** Returns the powers of ten below and above the range. */
function decadesAround(min: number, max: number): number[] {
  const first = Math.floor(Math.log10(min) + 1e-9);
  return [first, Math.max(first + 1, Math.ceil(Math.log10(max) - 1e-9))].map((exponent) => tidy(10 ** exponent));
}

function logLabel(value: number): string {
  return value >= 1e5 || value < 1e-4 ? value.toExponential(0) : String(value);
}
