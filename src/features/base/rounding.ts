/** How much of a base is computed in bfloat16, and what that changes. Measured once, when the base's graph is made. */
import { z } from "zod";

export const roundingSchema = z.object({
  /** The share of the multiply-adds that is computed in bfloat16; 0 if the whole base is computed in float32. */
  share: z.number().min(0).max(1),
  /** The largest difference of a feature from float32 on the measured images, over the largest float32 feature. */
  error: z.number().min(0),
  /** What was measured with more of the base in bfloat16, and had too large an error; null if nothing was refused. */
  refused: z.object({
    share: z.number().min(0).max(1),
    /** Null if a feature was not finite. */
    error: z.number().min(0).nullable(),
    /** The error that it should have been below. */
    limit: z.number(),
  }).nullable(),
});
export type Rounding = z.infer<typeof roundingSchema>;

/**
 * Returns one line that says how a base is computed for which bfloat16 was requested, and whether that differs from the
 * request. A share of the arithmetic is always in float32; only what the error demands beyond it is a difference.
 */
export function roundingText(base: string, rounding: Rounding): { readonly text: string; readonly differs: boolean } {
  const { share, error, refused } = rounding;
  if (refused === null) {
    const text = `${base}: ${percent(share)} of its arithmetic is in bfloat16, ` +
      `which changes its features by ${changeOf(error)}.`;
    return { text, differs: false };
  }
  const change = refused.error === null
    ? "not be finite"
    : `change by ${changeOf(refused.error)} (the limit is ${percent(refused.limit)})`;
  const why = `with ${percent(refused.share)} of its arithmetic in bfloat16, its features would ${change}`;
  // Some engines round all of a base or nothing.
  const lessIsPossible = refused.share < 1;
  const text = share === 0
    ? `${base} is computed in float32, not in bfloat16: ${why}${lessIsPossible ? LITTLE_SPEED : ""}.`
    : `${base} is computed partly in float32: ${why}. Now ${percent(share)} is in bfloat16, and they change by ` +
      `${changeOf(error)}.`;
  return { text, differs: true };
}

const LITTLE_SPEED = ", and less bfloat16 would bring little speed";

/** Returns what bfloat16 changes in a few words: `1.73 %`, or `none, float32` if the base is computed in float32. */
export function changeWords({ share, error }: Rounding): string {
  return share === 0 ? "none, float32" : percent(error);
}

/** Returns the precision of a base in at most three words. */
export function precisionWords({ share, refused }: Rounding): string {
  if (share === 0) return "float32, not bfloat16";
  return refused === null ? "bfloat16" : `${percent(share)} bfloat16`;
}

function changeOf(error: number): string {
  return `up to ${percent(error)} of the largest`;
}

/** Returns a share in percent, with two decimals below 10 %. */
function percent(share: number): string {
  const value = share * 100;
  return `${value < 10 ? Number(value.toFixed(2)) : Math.round(value)} %`;
}
