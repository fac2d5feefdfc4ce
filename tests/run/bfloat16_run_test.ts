/** Runs `--precision bfloat16` from the command line. */
import assert from "node:assert/strict";
import { bfloat16Test } from "../bfloat16.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, headlight, JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { SMALL_RUN } from "./small_run.ts";

await tensorflowEngine();

Deno.test(bfloat16Test(
  "a run in bfloat16 reports it and shares no cache entry with a run in float32",
  async () => {
    await withTemporaryFolder(async (folder) => {
      const env = emptyFeatureCache(folder);
      const start = async (precision: string) => {
        const run = new JsonRun([
          ...["train", ...SMALL_RUN, "--epochs", "2"],
          ...["--precision", precision, "--runs", `${folder}/runs`],
        ], { env });
        assert.equal(await run.status(), 0, run.stderr);
        return run;
      };
      const runs = [await start("float32"), await start("bfloat16"), await start("bfloat16")] as const;
      const cached = (run: JsonRun) =>
        run.all("progress").filter(({ phase }) => phase === "extract").map(({ cached }) => cached ?? 0).at(-1);
      const { train, validation } = runs[0].all("run")[0]?.dataset ?? assert.fail();
      assert.deepEqual(runs.map(cached), [0, 0, train + validation]);
      assert.deepEqual(runs.map((run) => run.all("run")[0]?.model.precision), ["float32", "bfloat16", "bfloat16"]);
      const [float32, bfloat16, again] = runs.map((run) => run.all("end")[0]?.last);
      assert.deepEqual(bfloat16, again);
      assert.notDeepEqual(bfloat16, float32);
    });
  },
));

Deno.test(bfloat16Test(
  "a run whose base is computed in float32 in spite of --precision bfloat16 says so, with the figure, also from " +
    "the cache",
  async () => {
    await withTemporaryFolder(async (folder) => {
      const env = emptyFeatureCache(folder);
      const args = ["--data", "demo", "--base", "mobilenet_v2", "--weights", "random", "--size", "64", "--epochs", "1"];
      const start = async (precision: string) => {
        const run = new JsonRun(["train", ...args, "--precision", precision, "--runs", `${folder}/runs`], { env });
        assert.equal(await run.status(), 0, run.stderr);
        return run;
      };
      const [float32, first, again] = [await start("float32"), await start("bfloat16"), await start("bfloat16")];
      assert.deepEqual(float32.all("rounding"), []);
      for (const run of [first, again]) {
        const [said] = run.all("rounding");
        assert.equal(said?.share, 0);
        assert.equal(said.words, "float32, not bfloat16");
        const { notices } = run.all("end")[0] ?? assert.fail();
        const own = notices.filter((notice) =>
          /^mobilenet_v2 is computed in float32, not in bfloat16: .* would change by up to [\d.]+ %/.test(notice)
        );
        assert.deepEqual(own, [said.notice]);
      }
      const { stdout } = await headlight(["summary", again.all("end")[0]?.directory ?? ""], { env });
      assert.match(stdout, /^ *base +mobilenet_v2, .*, float32, not bfloat16$/m);
      // The features are those of float32, bit for bit, and so are the figures.
      assert.deepEqual(first.all("end")[0]?.last, float32.all("end")[0]?.last);
    });
  },
));
