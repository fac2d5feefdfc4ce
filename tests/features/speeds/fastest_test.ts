import assert from "node:assert/strict";
import { join } from "node:path";
import type { EngineKind, Precision } from "../../../src/config.ts";
import { engines } from "../../../src/engine/engines/list.ts";
import { fastestHere } from "../../../src/features/speeds/fastest.ts";
import { keepSpeed } from "../../../src/features/speeds/speed_store.ts";
import { readRunConfig } from "../../../src/run/folder/run_config.ts";
import { openvinoEngine } from "../../engine.ts";
import { emptyFeatureCache, JsonRun } from "../../process.ts";
import { SMALL_RUN } from "../../run/small_run.ts";
import { allowingSoftware } from "../../allow_software.ts";
import { withTemporaryFolder } from "../../support.ts";
import { FOUND, webgpuTest } from "../../webgpu.ts";

await openvinoEngine();

/** Keeps a speed of the version that is here, as `deno task engine` does. */
async function keep(root: string, kind: EngineKind, imagesPerSecond: number, precision: Precision, version?: string) {
  const here = await engines[kind].inspect({ cacheRoot: root });
  const { device, deviceName } = here;
  const engine = {
    kind,
    version: version ?? here.version ?? assert.fail(),
    device: device ?? "cpu",
    ...(deviceName ? { device_name: deviceName } : {}),
  };
  keepSpeed(root, { engine, precision, imagesPerSecond });
}

Deno.test("the engine that was the fastest here in a precision is tried first, and the reason has both figures", () =>
  withTemporaryFolder(async (folder) => {
    const root = join(emptyFeatureCache(folder)["XDG_CACHE_HOME"] ?? "", "headlight");
    const fastest = (precision: Precision) => fastestHere({ cacheRoot: root, precision });
    assert.equal(await fastest("float32"), null);
    await keep(root, "openvino", 425, "float32");
    assert.equal(await fastest("float32"), null, "there is nothing to compare it with");
    await keep(root, "tensorflow", 201.6, "float32");
    await keep(root, "tensorflow", 500, "bfloat16");
    await keep(root, "openvino", 400, "bfloat16");
    assert.deepEqual(await fastest("float32"), {
      kind: "openvino",
      why:
        "OpenVINO computes the base, because it was the fastest here: images per second with squeezenet11 at 160 in " +
        "float32: OpenVINO 425, TensorFlow 202.",
    });
    assert.equal(await fastest("bfloat16"), null, "the usual engine is the fastest");
    await keep(root, "openvino", 540, "bfloat16");
    assert.equal(await fastest("bfloat16"), null, "8 % faster is not clearly faster");
    await keep(root, "openvino", 560, "bfloat16");
    assert.equal((await fastest("bfloat16"))?.kind, "openvino");
  }));

Deno.test("the speed of another version, and of an engine that is not here, counts for nothing", () =>
  withTemporaryFolder(async (folder) => {
    const root = join(emptyFeatureCache(folder)["XDG_CACHE_HOME"] ?? "", "headlight");
    await keep(root, "tensorflow", 200, "float32");
    await keep(root, "openvino", 400, "float32", "2020.1.0");
    assert.equal(await fastestHere({ cacheRoot: root, precision: "float32" }), null);
    const empty = join(folder, "empty");
    await keep(empty, "tensorflow", 200, "float32");
    await keep(empty, "openvino", 400, "float32");
    assert.equal(await fastestHere({ cacheRoot: empty, precision: "float32" }), null);
  }));

webgpuTest(
  "auto takes WebGPU only where it was measured, and only on the GPU that can be used",
  () =>
    withTemporaryFolder(async (folder) => {
      const root = join(emptyFeatureCache(folder)["XDG_CACHE_HOME"] ?? "", "headlight");
      const fastest = () => fastestHere({ cacheRoot: root, precision: "float32" });
      await keep(root, "tensorflow", 200, "float32");
      await keep(root, "openvino", 150, "float32");
      assert.equal(await allowingSoftware(fastest), null);
      await allowingSoftware(() => keep(root, "webgpu", 900, "float32"));
      assert.equal((await allowingSoftware(fastest))?.kind, "webgpu");
      assert.ok(FOUND.kind === "usable");
      assert.equal((await fastest())?.kind, FOUND.adapter.software ? undefined : "webgpu");
    }),
);

Deno.test("auto takes the fastest engine and says why, and a resumed run keeps its engine when another is faster now", () =>
  withTemporaryFolder(async (folder) => {
    const env = emptyFeatureCache(folder);
    const root = join(folder, "headlight");
    await keep(root, "openvino", 400, "float32");
    await keep(root, "tensorflow", 200, "float32");
    const start = async (...args: string[]) => {
      const run = new JsonRun(["train", ...args, "--runs", join(folder, "runs")], { env });
      assert.equal(await run.status(), 0, run.stderr);
      return run;
    };
    const run = await start(...SMALL_RUN, "--epochs", "1");
    const [said] = run.all("run");
    assert.equal(said?.engine.kind, "openvino");
    assert.equal(run.all("log").filter(({ text }) => /^OpenVINO computes the base, because/.test(text)).length, 1);
    await keep(root, "tensorflow", 800, "float32");
    await start("--resume", said.directory, "--epochs", "2");
    const config = readRunConfig(join(said.directory, "config.json"));
    assert.deepEqual([config.options.engine, config.resolved?.engine.kind], ["auto", "openvino"]);
    assert.equal((await start(...SMALL_RUN, "--epochs", "1")).all("run")[0]?.engine.kind, "tensorflow");
  }));
