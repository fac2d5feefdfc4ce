/** Tests that the commands say what bfloat16 changes, as it was measured when a run made its base's graph. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { image, writeFiles } from "../data/images/made_images.ts";
import { bfloat16Test } from "../bfloat16.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, headlight } from "../process.ts";
import { SMALL_RUN } from "../run/small_run.ts";
import { withTemporaryFolder } from "../support.ts";

await tensorflowEngine();

Deno.test(
  bfloat16Test("bases, doctor, evaluate and predict say what bfloat16 changes in the base of a run", async () => {
    await withTemporaryFolder(async (folder) => {
      const runs = join(folder, "runs");
      const env = emptyFeatureCache(folder);
      const ask = (...args: string[]) => headlight(args, { env });
      const before = await ask("bases");
      assert.doesNotMatch(before.stdout, /in bfloat16/);
      assert.doesNotMatch((await ask("doctor")).stdout, /^. bfloat16/m);

      const trained = await ask("train", ...SMALL_RUN, "--precision", "bfloat16", "--epochs", "1", "--runs", runs);
      assert.equal(trained.status, 0, trained.stderr);
      const [run] = listRuns(runs);
      const [made] = readRunConfig(run?.config ?? "").features?.made_on ?? [];
      const error = made?.bfloat16?.error ?? assert.fail("no rounding");
      const percent = `${Number((error * 100).toFixed(2))} %`;

      const { stdout: bases } = await ask("bases");
      assert.match(bases, /^in bfloat16 +size +engine +change +weights$/m);
      assert.match(bases, new RegExp(`^squeezenet11 +64 +tensorflow +${percent} +random$`, "m"));
      const [json] = (await ask("bases", "--json")).stdout.split("\n").filter((line) =>
        line.includes('"squeezenet11"')
      );
      const { bfloat16: [kept] } = JSON.parse(json ?? "");
      assert.deepEqual([kept.size, kept.error, kept.share], [64, error, made?.bfloat16?.share]);
      assert.match(
        (await ask("doctor")).stdout,
        new RegExp(`bfloat16 +largest change.* squeezenet11 at 64 on tensorflow: ${percent}`),
      );

      const said = new RegExp(
        `squeezenet11: \\d+ % of its arithmetic is in bfloat16, .*up to ${percent} of the largest`,
      );
      const evaluated = await ask("evaluate", "--runs", runs);
      assert.match(evaluated.stderr, said);
      writeFiles(folder, { "photo.png": new Uint8Array(await image(40, 40).png().toBuffer()) });
      const predicted = await ask("predict", join(folder, "photo.png"), "--runs", runs);
      assert.match(predicted.stderr, said);
      assert.match(predicted.stdout, /photo\.png/);
    });
  }),
);
