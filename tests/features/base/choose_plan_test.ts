import assert from "node:assert/strict";
import { choosePlan } from "../../../src/features/base/choose_plan.ts";
import { hash } from "../../model/formula_weights.ts";

/** Returns 400 lists of the errors of 1 to 9 plans, up to 10 %; every seventh error is not finite if `broken`. */
function errorLists(broken: boolean): number[][] {
  return Array.from({ length: 400 }, (_, list) =>
    Array.from({ length: 1 + list % 9 }, (_, plan) => {
      const number = hash(plan, list);
      if (broken && number % 7 === 0) return number % 2 === 0 ? NaN : Infinity;
      // Every other list has errors near the limits.
      return number / 2 ** 32 * (list % 2 === 0 ? 0.1 : 0.025);
    }));
}

function choose(errors: readonly number[], lastFirst: boolean) {
  const measured: number[] = [];
  const plans = errors.map((_, place) => ({ share: 1 - place / 20 }));
  const chosen = choosePlan(plans, (plan) => {
    measured.push(plan);
    return errors[plan] ?? assert.fail(`there is no plan ${plan}`);
  }, lastFirst);
  return { ...chosen, measured };
}

Deno.test("the chosen plan was measured and is below 2 %, and the figure is kept; nothing is measured twice", () => {
  for (const [number, errors] of errorLists(true).entries()) {
    const { plan, rounding, measured } = choose(errors, number % 4 < 2);
    assert.equal(new Set(measured).size, measured.length);
    // The first, the last, and three steps of bisection among eight.
    assert.ok(measured.length <= 5, `${measured}`);
    if (plan === null) continue;
    const error = errors[plan] ?? NaN;
    assert.ok(measured.includes(plan) && error < 0.02);
    assert.ok(Math.abs(rounding.error - error) < 1e-5);
    assert.equal(rounding.refused === null, plan === 0);
  }
});

Deno.test("no more stays in float32 than the errors demand, whichever plan is measured first", () => {
  for (const [number, list] of errorLists(false).entries()) {
    const [errors, lastFirst] = [list.toSorted((one, other) => other - one), number % 4 < 2];
    const { plan } = choose(errors, lastFirst);
    const needed = errors.findIndex((error, place) => error < (place === 0 ? 0.02 : 0.0125));
    // If the last plan is measured first, it must keep the stricter limit even if the first plan keeps its own.
    const lastFails = errors.length > 1 && lastFirst && (errors.at(-1) ?? 0) >= 0.0125;
    assert.equal(plan, needed < 0 || lastFails ? null : needed);
  }
});

Deno.test("a base of which no plan is exact enough is computed in float32, with the figure that refused it", () => {
  for (const error of [0.05, NaN]) {
    const { plan, rounding } = choose([0.3, 0.2, error], true);
    assert.equal(plan, null);
    assert.deepEqual(rounding, {
      share: 0,
      error: 0,
      refused: { share: 0.9, error: Number.isNaN(error) ? null : error, limit: 0.0125 },
    });
  }
});

Deno.test("a network whose errors add up costs one measurement if even its last plan fails", () => {
  assert.deepEqual(choose([0.3, 0.2, 0.1], true).measured, [2]);
});

Deno.test("a network whose first plan is exact enough costs one measurement", () => {
  assert.deepEqual(choose([0.0199, 0.01, 0.001], false).measured, [0]);
});
