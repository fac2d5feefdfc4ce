/** Two hosts that share a cache, whose locks do not reach each other. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { canPretend, onAnotherHost } from "../other_host.ts";
import { emptyFeatureCache, headlight } from "../process.ts";
import { needs } from "../support.ts";
import { storedRows, withSmallCluster } from "./small_cluster.ts";

const IMAGES = 640;
/** What may be under way when a host sees the other's rows for the first time: three batches of 32 images. */
const MOST_TWICE = 96;

Deno.test({
  name: "two hosts without common locks divide the images of one cache, and compute the same features" +
    needs("a C compiler"),
  ignore: !canPretend,
  fn: () =>
    withSmallCluster(IMAGES, async ({ words, env, root }) => {
      const calm = emptyFeatureCache(join(root, "calm"));
      assert.equal((await headlight(["extract", ...words], { env: calm })).status, 0);
      const elsewhere = { ...env, ...await onAnotherHost(root) };
      const done = await Promise.all([env, elsewhere].map((host) => headlight(["extract", ...words], { env: host })));
      for (const { status, stderr } of done) assert.equal(status, 0, stderr);
      const [expected, found] = [storedRows(calm), storedRows(env)];
      assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
      for (const [digest, rows] of found) {
        for (const bits of rows) assert.equal(bits, expected.get(digest)?.[0], `the row of ${digest}`);
      }
      const computed = done.map(({ stdout }) => Number(/(\d+) images computed/.exec(stdout)?.[1] ?? 0));
      const twice = computed.reduce((sum, count) => sum + count, 0) - IMAGES;
      assert.ok(twice <= MOST_TWICE, `${twice} images were computed twice, by ${computed.join(" and ")}`);
    }),
});
