import assert from "node:assert/strict";
import { nameOf } from "./acts.ts";
import { planOf } from "./plan.ts";

const plans = Array.from({ length: 1000 }, (_, seed) => planOf(seed));

function strikesOf({ acts }: (typeof plans)[number]) {
  return acts.filter((act) => act.kind === "strike");
}

Deno.test("equal seeds give equal plans, of one to three strikes, and extraction is struck where there is any", () => {
  for (const plan of plans) {
    assert.deepEqual(planOf(plan.seed), plan);
    const strikes = strikesOf(plan);
    assert.ok(strikes.length >= 1 && strikes.length <= 3);
    const struck = strikes.some(({ moment }) => moment.during === "extraction");
    assert.equal(plan.emptyCache, struck);
    assert.ok(plan.scenario.extracts || !struck);
  }
});

Deno.test("the seeds of a campaign strike trainer and viewer with every signal at every moment, and kill the extractor", () => {
  const names = new Set(plans.flatMap((plan) => strikesOf(plan).map(nameOf)));
  for (const during of ["start", "extraction", "training", "saving", "logging", "pause", "ending"]) {
    for (const target of ["trainer", "viewer"]) {
      for (const signal of ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"]) {
        const name = `${signal} to the ${target} during ${during}`;
        assert.ok(names.has(name), name);
      }
    }
  }
  assert.ok(names.has("SIGKILL to the extractor during extraction"));
  assert.ok(names.has("SIGKILL to the trainer during logging, within a line"));
});

Deno.test("the seeds of a campaign ask for checkpoints and pauses, keep checkpoints, detach, extend and start from others", () => {
  const asked = new Set(plans.flatMap(({ acts }) => acts.filter(({ kind }) => kind === "ask").map(nameOf)));
  assert.deepEqual([...asked].sort(), [
    "checkpoint asked for during training",
    "pause asked for during extraction",
    "pause asked for during training",
  ]);
  assert.deepEqual([...new Set(plans.map(({ keep }) => keep))].sort(), [0, 1, 2, 3]);
  assert.ok(plans.some(({ detached }) => detached[0]) && plans.some(({ detached }) => !detached[0] && detached[1]));
  for (const option of ["epochs", "patience"]) {
    for (const early of [true, false]) {
      assert.ok(
        plans.some(({ extension: its }) => its?.option === option && its.early === early),
        `${option} ${early}`,
      );
    }
  }
  for (const { extension } of plans) assert.ok(!extension || (extension.first > 0 && extension.first < extension.full));
  for (const lost of [true, false]) assert.ok(plans.some(({ from, losesSource }) => from && losesSource === lost));
});
