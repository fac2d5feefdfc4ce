import assert from "node:assert/strict";
import { nameOf, planOf } from "./plan.ts";

const plans = Array.from({ length: 1000 }, (_, seed) => planOf(seed));

Deno.test("equal seeds give equal plans, of one to three strikes, and extraction is struck where there is any", () => {
  for (const plan of plans) {
    assert.deepEqual(planOf(plan.seed), plan);
    assert.ok(plan.strikes.length >= 1 && plan.strikes.length <= 3);
    const struck = plan.strikes.some(({ moment }) => moment.during === "extraction");
    assert.equal(plan.emptyCache, struck);
    assert.ok(plan.scenario.extracts || !struck);
  }
});

Deno.test("the seeds of a campaign strike trainer and viewer with every signal at every moment, and kill the extractor", () => {
  const names = new Set(plans.flatMap(({ strikes }) => strikes.map(nameOf)));
  for (const during of ["start", "extraction", "training", "saving", "logging", "ending"]) {
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
