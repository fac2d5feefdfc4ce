import assert from "node:assert/strict";
import { join } from "node:path";
import type { EngineKind, Precision } from "../../../src/config.ts";
import { engines } from "../../../src/engine/engines/list.ts";
import { fastestHere } from "../../../src/features/speeds/fastest.ts";
import { keepSpeed, listSpeeds } from "../../../src/features/speeds/speed_store.ts";
import { readRunConfig } from "../../../src/run/folder/run_config.ts";
import { openvinoEngine } from "../../engine.ts";
import { emptyFeatureCache, JsonRun } from "../../process.ts";
import { SMALL_RUN } from "../../run/small_run.ts";
import { allowingSoftware } from "../../allow_software.ts";
import { withTemporaryFolder } from "../../support.ts";
import { FOUND, webgpuTest } from "../../webgpu.ts";

await openvinoEngine();

const MEASURED = { base: "squeezenet11", size: 160 } as const;

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
    const fastest = (precision: Precision) => fastestHere({ cacheRoot: root, precision, subject: MEASURED });
    assert.equal((await fastest("float32")).kind, null);
    await keep(root, "openvino", 425, "float32");
    assert.equal((await fastest("float32")).kind, null, "there is nothing to compare it with");
    await keep(root, "tensorflow", 201.6, "float32");
    await keep(root, "tensorflow", 500, "bfloat16");
    await keep(root, "openvino", 400, "bfloat16");
    assert.deepEqual(await fastest("float32"), {
      kind: "openvino",
      why: "the fastest of what was measured here",
      figures: "Images per second with squeezenet11 at 160 in float32, measured here: OpenVINO 425, TensorFlow 202.",
    });
    assert.equal((await fastest("bfloat16")).kind, "tensorflow");
    await keep(root, "openvino", 520, "bfloat16");
    assert.equal((await fastest("bfloat16")).kind, "tensorflow", "4 % faster is not clearly faster");
    await keep(root, "openvino", 560, "bfloat16");
    assert.equal((await fastest("bfloat16")).kind, "openvino");
  }));

Deno.test("the speed of another version, and of an engine that is not here, counts for nothing", () =>
  withTemporaryFolder(async (folder) => {
    const root = join(emptyFeatureCache(folder)["XDG_CACHE_HOME"] ?? "", "headlight");
    await keep(root, "tensorflow", 200, "float32");
    await keep(root, "openvino", 400, "float32", "2020.1.0");
    const fastest = (cacheRoot: string) => fastestHere({ cacheRoot, precision: "float32", subject: MEASURED });
    assert.equal((await fastest(root)).kind, null);
    const empty = join(folder, "empty");
    await keep(empty, "tensorflow", 200, "float32");
    await keep(empty, "openvino", 400, "float32");
    assert.deepEqual(await fastest(empty), {
      kind: null,
      why: "the usual one, because no engine was measured here",
      figures: null,
    });
  }));

Deno.test(webgpuTest(
  "auto takes WebGPU only where it was measured, and only on the GPU that can be used",
  () =>
    withTemporaryFolder(async (folder) => {
      const root = join(emptyFeatureCache(folder)["XDG_CACHE_HOME"] ?? "", "headlight");
      const fastest = () => fastestHere({ cacheRoot: root, precision: "float32", subject: MEASURED });
      await keep(root, "tensorflow", 200, "float32");
      await keep(root, "openvino", 150, "float32");
      assert.equal((await allowingSoftware(fastest)).kind, "tensorflow");
      await allowingSoftware(() => keep(root, "webgpu", 900, "float32"));
      assert.equal((await allowingSoftware(fastest)).kind, "webgpu");
      assert.ok(FOUND.kind === "usable");
      assert.equal((await fastest()).kind, FOUND.adapter.software ? "tensorflow" : "webgpu");
    }),
));

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
    assert.ok(said);
    assert.deepEqual([said.engine.kind, said.engine.why], ["openvino", "the fastest of what was measured here"]);
    const text =
      /^The engine is OpenVINO .* on the processor: the fastest .* here\. Images per second .* OpenVINO 400, /;
    assert.equal(run.all("log").filter((line) => text.test(line.text)).length, 1);
    await keep(root, "tensorflow", 800, "float32");
    const resumed = await start("--resume", said.directory, "--epochs", "2");
    assert.equal(resumed.all("run")[0]?.engine.why, "the fastest of what was measured here");
    const config = readRunConfig(join(said.directory, "config.json"));
    assert.deepEqual([config.options.engine, config.resolved?.engine.kind], ["auto", "openvino"]);
    assert.equal((await start(...SMALL_RUN, "--epochs", "1")).all("run")[0]?.engine.kind, "tensorflow");
  }));

Deno.test("a run measures its engine with its own base, and the next run is ranked by that", () =>
  withTemporaryFolder(async (folder) => {
    const env = emptyFeatureCache(folder);
    const root = join(folder, "headlight");
    await keep(root, "openvino", 100, "float32");
    await keep(root, "tensorflow", 900, "float32");
    const start = async (...args: string[]) => {
      const run = new JsonRun(["train", ...SMALL_RUN, "--epochs", "1", "--runs", join(folder, "runs"), ...args], {
        env,
      });
      assert.equal(await run.status(), 0, run.stderr);
      return run.all("run")[0];
    };
    const own = () => listSpeeds(root).filter(({ base, size }) => base === "squeezenet11" && size === 64);
    const first = await start();
    assert.equal(first?.engine.kind, "tensorflow");
    assert.deepEqual(own().map(({ engine, precision }) => [engine.kind, precision]), [["tensorflow", "float32"]]);
    await start("--engine", "openvino");
    assert.deepEqual(own().map(({ engine }) => engine.kind).toSorted(), ["openvino", "tensorflow"]);
    const here = await engines.openvino.inspect({ cacheRoot: root });
    const engine = { kind: "openvino", version: here.version ?? "", device: "cpu" } as const;
    keepSpeed(root, {
      engine,
      precision: "float32",
      subject: { base: "squeezenet11", size: 64 },
      imagesPerSecond: 1e6,
    });
    // The base with which engines are compared says otherwise.
    assert.equal((await start())?.engine.kind, "openvino");
  }));

Deno.test("auto stays with TensorFlow if its features are in the cache, because another engine would compute all again", () =>
  withTemporaryFolder(async (folder) => {
    const env = emptyFeatureCache(folder);
    const root = join(folder, "headlight");
    const start = async (...args: string[]) => {
      const run = new JsonRun(["train", ...SMALL_RUN, "--epochs", "1", "--runs", join(folder, "runs"), ...args], {
        env,
      });
      assert.equal(await run.status(), 0, run.stderr);
      const last = run.all("progress").filter(({ phase }) => phase === "extract").at(-1);
      return { engine: run.all("run")[0]?.engine, cached: last?.cached === last?.done };
    };
    await start("--engine", "tensorflow");
    await keep(root, "openvino", 400, "float32");
    await keep(root, "tensorflow", 200, "float32");
    const again = await start();
    assert.deepEqual([again.engine?.kind, again.cached], ["tensorflow", true]);
    assert.equal(again.engine?.why, "the one that computed the features in the cache");
    assert.equal((await start("--size", "48")).engine?.kind, "openvino", "nothing is in the cache at this size");
  }));
