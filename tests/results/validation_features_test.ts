import assert from "node:assert/strict";
import { validationFeatures } from "../../src/results/validation_features.ts";
import { smallPlan } from "../features/small_set.ts";
import { withTemporaryFolder } from "../support.ts";

Deno.test("the progress of an evaluation says which images were in the cache and which are computed now", async () => {
  await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    const { count } = plan.dataset.validation;
    const reported = async () => {
      const reports: { done: number; total: number; cached: boolean }[] = [];
      await validationFeatures(plan, {
        onProgress: (done, total, cached) => reports.push({ done, total, cached }),
      });
      assert.deepEqual([reports.at(-1)?.done, reports.at(-1)?.total], [count, count]);
      return new Set(reports.map(({ cached }) => cached));
    };
    assert.deepEqual(await reported(), new Set([false]));
    assert.deepEqual(await reported(), new Set([true]));
  });
});
