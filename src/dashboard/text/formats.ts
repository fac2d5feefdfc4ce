/** The number formats that all views share. */
import prettyBytes from "pretty-bytes";
import prettyMilliseconds from "pretty-ms";
import { count, counted } from "../../counted.ts";
import type { ParameterRow } from "../../events.ts";

/** From this value on, figures and the labels of axes are written with an exponent. */
export const EXPONENT_FROM = 1e5;

/**
 * Formats a loss or an accuracy: 0.6519, or 1.219e+20 for the loss of a run that diverges. Events have null where the
 * value is not finite; it is shown as `nan`.
 */
export function figure(value: number | null, digits = 4): string {
  if (value === null) return "nan";
  return Math.abs(value) < EXPONENT_FROM ? value.toFixed(digits) : value.toExponential(Math.min(digits, 3));
}

/** Formats a duration in seconds: 0.019 → `19ms`, 3.21 → `3.2s`, 84 → `1m 24s`, 7380 → `2h 3m`. */
export function duration(seconds: number): string {
  if (seconds <= 0) return "0s";
  // One decimal of a second says too little about such a short time.
  if (seconds < 0.0995) {
    return `${seconds < 0.0095 ? withoutZero((seconds * 1000).toFixed(1)) : (seconds * 1000).toFixed(0)}ms`;
  }
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  return prettyMilliseconds(Math.round(seconds) * 1000, { unitCount: 2 });
}

/** Formats elapsed time in whole seconds, so that a running clock changes once a second. */
export function elapsed(seconds: number): string {
  return seconds < 1 ? "0s" : prettyMilliseconds(Math.floor(seconds) * 1000, { unitCount: 3 });
}

/** Formats how long ago something was: `now`, `5m ago`, `3d ago`. */
export function age(seconds: number): string {
  return seconds < 60 ? "now" : `${prettyMilliseconds(seconds * 1000, { compact: true })} ago`;
}

/** Formats a number of bytes: 334123 → `334 kB`. */
export function bytes(value: number): string {
  return prettyBytes(value);
}

/** An upper bound on the floating-point error of the multiplication: 0.07 · 100 is 7.000000000000001. */
const NOISE = 1e-9;

/** Formats a share as a percentage: 0.00759 → `0.76 %`, 0.07 → `7 %`, 0.364 → `36 %`. */
export function percent(share: number): string {
  const value = share * 100;
  const isWhole = Math.abs(value - Math.round(value)) < NOISE;
  const digits = isWhole ? 0 : Math.abs(value) < 1 ? 2 : Math.abs(value) < 10 ? 1 : 0;
  return `${value.toFixed(digits)} %`;
}

/** Formats progress in whole percent, rounded down, so that only finished work is `100 %`: 0.079 → `7 %`. */
export function percentDone(share: number): string {
  return `${Math.floor(share * 100 + NOISE)} %`;
}

/** Removes a zero decimal: `4.0` → `4`. */
function withoutZero(text: string): string {
  return text.replace(/\.0$/, "");
}

/** Units of events in the singular and the plural. Events count the optimizer's steps of an epoch as batches. */
const UNITS = {
  bytes: ["byte", "bytes"],
  steps: ["step", "steps"],
  images: ["image", "images"],
  batches: ["step", "steps"],
} as const;
export type Unit = keyof typeof UNITS;

/** Formats a rate: `38 images/s`, or `1.9s/image` if it is below one per second. */
export function rate(perSecond: number, unit: Unit): string {
  if (unit === "bytes") return `${prettyBytes(Math.round(perSecond))}/s`;
  const [one, several] = UNITS[unit];
  if (perSecond <= 0) return `0 ${several}/s`;
  if (perSecond < 1) return `${(1 / perSecond).toFixed(1)}s/${one}`;
  return `${perSecond < 10 ? perSecond.toFixed(1) : count(Math.round(perSecond))} ${several}/s`;
}

/** Formats an amount of work: `420 of 1,171 images`, `120 MB of 274 MB`. If the total is 0 (unknown), omits it. */
export function amount(done: number, total: number, unit: Unit): string {
  if (unit === "bytes") return total > 0 ? `${prettyBytes(done)} of ${prettyBytes(total)}` : prettyBytes(done);
  const [one, several] = UNITS[unit];
  return total > 0 ? `${count(done)} of ${count(total)} ${several}` : counted(done, one, several);
}

/** Formats the time of day of an event in the local time zone: `09:05:01`. */
export function clock(iso: string): string {
  const date = new Date(iso);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** Formats an output shape as Keras does: `(None, 1024)`. */
export function shape(row: Pick<ParameterRow, "output_shape">): string {
  const sizes = row.output_shape.map((size) => (size === null ? "None" : String(size)));
  return sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(", ")})`;
}
