/** Runs `--precision bfloat16` from the command line. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { computesBfloat16, processorFeatures } from "../../src/engine/processor.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, JsonRun } from "../process.ts";
import { needs, SHARED, shared, withTemporaryFolder } from "../support.ts";

await tensorflowEngine();
const cpuinfo = existsSync("/proc/cpuinfo") ? Deno.readTextFileSync("/proc/cpuinfo") : "";

Deno.test({
  name: "a run in bfloat16 reports it and shares no cache entry with a run in float32" + needs("AVX512_BF16 or AMX"),
  ignore: !existsSync(SHARED) || !computesBfloat16(processorFeatures(cpuinfo)),
  fn: async () => {
    await withTemporaryFolder(async (folder) => {
      const env = emptyFeatureCache(folder);
      const start = async (precision: string) => {
        const run = new JsonRun([
          ...["train", "--data", shared("data", "grocery10"), "--base", "squeezenet11", "--epochs", "2"],
          ...["--weights", shared("weights", "squeezenet11", "squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5")],
          ...["--precision", precision, "--runs", `${folder}/runs`],
        ], { env });
        assert.equal(await run.status(), 0, run.stderr);
        return run;
      };
      const runs = [await start("float32"), await start("bfloat16"), await start("bfloat16")] as const;
      const cached = (run: JsonRun) =>
        run.all("progress").filter(({ phase }) => phase === "extract").map(({ cached }) => cached ?? 0).at(-1);
      assert.deepEqual(runs.map(cached), [0, 0, 1165]);
      assert.deepEqual(runs.map((run) => run.all("run")[0]?.model.precision), ["float32", "bfloat16", "bfloat16"]);
      const [float32, bfloat16, again] = runs.map((run) => run.all("end")[0]?.last);
      assert.deepEqual(bfloat16, again);
      assert.notDeepEqual(bfloat16, float32);
    });
  },
});
