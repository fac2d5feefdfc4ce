/** Chooses how much of a base is computed in bfloat16, by measuring as few plans as possible. */
import { at } from "../../at.ts";
import type { FloatPlan } from "./float_plans.ts";
import type { Rounding } from "./rounding.ts";

/** The error at which the first plan is refused. */
const LARGEST_ERROR = 0.02;
/**
 * The error at which the other plans are refused. On other images it was up to 1.6 times as large with random weights,
 * so these stay below `LARGEST_ERROR`.
 */
const LARGEST_ERROR_TAKEN_BACK = 0.0125;

export interface ChosenPlan {
  /** The place of the plan; null if no plan is exact enough, so that everything is computed in float32. */
  readonly plan: number | null;
  readonly rounding: Rounding;
}

/**
 * Chooses the first plan if its error is small enough. Otherwise searches the others by bisection, assuming that more
 * float32 means smaller errors. The chosen plan was measured in any case.
 *
 * @param plans the one with the smallest part in float32 first
 * @param errorOf measures the error of a plan, by its place; not a number if a feature is not finite
 * @param lastFirst whether to measure the last plan before all others. If that fails, no other is measured.
 */
export function choosePlan(
  plans: readonly Pick<FloatPlan, "share">[],
  errorOf: (plan: number) => number,
  lastFirst: boolean,
): ChosenPlan {
  const known = new Map<number, number>();
  const errorAt = (plan: number) => {
    const error = known.get(plan) ?? errorOf(plan);
    known.set(plan, error);
    return error;
  };
  const last = plans.length - 1;
  // Errors are compared so that one that is not a number is refused.
  const passes = (plan: number) => errorAt(plan) < limitOf(plan);
  if (lastFirst && !passes(last)) return none(last);
  if (passes(0)) return { plan: 0, rounding: { ...measured(0), refused: null } };
  if (last === 0 || !passes(last)) return none(last);
  let [refused, chosen] = [0, last];
  while (chosen - refused > 1) {
    const middle = Math.floor((refused + chosen) / 2);
    if (passes(middle)) chosen = middle;
    else refused = middle;
  }
  return { plan: chosen, rounding: { ...measured(chosen), refused: refusal(0) } };

  function none(plan: number): ChosenPlan {
    return { plan: null, rounding: { share: 0, error: 0, refused: refusal(plan) } };
  }

  function measured(plan: number): { share: number; error: number } {
    return { share: at(plans, plan).share, error: Math.round(errorAt(plan) * 1e5) / 1e5 };
  }

  function refusal(plan: number): NonNullable<Rounding["refused"]> {
    const { share, error } = measured(plan);
    return { share, error: Number.isFinite(error) ? error : null, limit: limitOf(plan) };
  }
}

function limitOf(plan: number): number {
  return plan === 0 ? LARGEST_ERROR : LARGEST_ERROR_TAKEN_BACK;
}
