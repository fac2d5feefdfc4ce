/** Whole runs with `--engine webgpu`, from the command line. */
import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { packageVersion } from "../../src/engine/packages.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { writeSmallSet } from "../features/small_set.ts";
import { emptyFeatureCache, headlight, JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { FOUND, NO_DRIVERS, SOFTWARE, webgpuTest } from "../webgpu.ts";

const version = packageVersion("@tensorflow/tfjs-backend-webgpu");

/** A run on a few images, small enough for a driver that computes on the processor. */
async function withSmallRun(
  body: (args: readonly string[], env: Record<string, string>, folder: string) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const data = join(folder, "data");
    Deno.mkdirSync(data);
    writeSmallSet(data, { train: 40, test: 20 });
    const base = ["--base", "squeezenet11", "--weights", "random", "--size", "48"];
    const args = ["--data", data, ...base, "--engine", "webgpu", "--runs", join(folder, "runs")];
    await body(args, { ...emptyFeatureCache(folder), ...SOFTWARE }, folder);
  });
}

Deno.test(webgpuTest(
  "WebGPU computes the features, TensorFlow trains the head, and evaluate, predict, resume and summary use both",
  () =>
    withSmallRun(async (args, env, folder) => {
      assert.ok(FOUND.kind === "usable");
      const { name, software } = FOUND.adapter;
      const start = async (...more: string[]) => {
        const run = new JsonRun(["train", ...more], { env });
        assert.equal(await run.status(), 0, run.stderr);
        return run;
      };
      const whole = await start(...args, "--epochs", "4");
      const [said] = whole.all("run");
      assert.deepEqual(
        said?.engine,
        { kind: "webgpu", version, device: "gpu", device_name: name, why: "named with --engine" },
      );
      assert.equal(said.notices.some((notice) => notice.includes("HEADLIGHT_WEBGPU_SOFTWARE")), software);
      const { resolved, features } = readRunConfig(join(said.directory, "config.json"));
      assert.deepEqual([resolved?.engine.device_name, resolved?.engine.trainer?.kind], [name, "tensorflow"]);
      assert.deepEqual(features?.made_on, [{ processor: name, threads: 1 }]);

      const half = await start(...args, "--epochs", "2");
      const extracted = half.all("progress").filter(({ phase }) => phase === "extract").at(-1);
      assert.equal(extracted?.cached, 60, "the features are found again");
      const { directory } = half.all("end")[0] ?? assert.fail();
      await start("--resume", directory, "--epochs", "4");
      const history = (path: string) => Deno.readTextFileSync(join(path, "history.csv"));
      assert.equal(history(directory), history(said.directory));

      const ask = async (...words: string[]) => {
        const { status, stdout, stderr } = await headlight(words, { env });
        assert.equal(status, 0, stderr);
        return stdout;
      };
      const evaluation = JSON.parse(await ask("evaluate", said.directory, "--json"));
      assert.equal(evaluation.accuracy, whole.all("end")[0]?.best?.val_accuracy);
      const summary = (await ask("summary", said.directory)).replaceAll(/\s+/g, " ");
      assert.ok(summary.includes(`engine webgpu ${version} (${name}) on`), summary);
      const photo = join(folder, "photo.png");
      await sharp({ create: { width: 64, height: 64, channels: 3, background: "#3366cc" } }).png().toFile(photo);
      const answer = JSON.parse(await ask("predict", said.directory, photo, "--top", "10", "--json"));
      const sum = answer.predictions.reduce((all: number, one: { probability: number }) => all + one.probability, 0);
      assert.ok(Math.abs(sum - 1) < 1e-5, `${sum}`);
    }),
));

Deno.test(webgpuTest(
  "without an adapter, and with one that computes on the processor, --engine webgpu is refused with the remedy",
  () =>
    withSmallRun(async (args, env) => {
      const refused = async (change: Record<string, string>, line: RegExp) => {
        const refusal = await headlight(["train", ...args, "--plain"], { env: { ...env, ...change } });
        assert.deepEqual([refusal.status, refusal.stdout], [2, ""], refusal.stderr);
        assert.match(refusal.stderr, line);
      };
      await refused(
        NO_DRIVERS,
        /no Vulkan driver here reports one\. (?:Install|Start) .*, or use --engine tensorflow\.$/m,
      );
      assert.ok(FOUND.kind === "usable");
      if (!FOUND.adapter.software) return;
      await refused(
        { HEADLIGHT_WEBGPU_SOFTWARE: "" },
        /, a driver that computes on the processor\. (?:Install|Start) .*, or use --engine tensorflow\.$/m,
      );
    }),
));
