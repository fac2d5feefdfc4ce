import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { downloadedLine, type EngineFacts, engineJson, engineLines } from "../../src/commands/engine_table.ts";
import { engineKindSchema } from "../../src/config.ts";
import type { EnginePresence } from "../../src/engine/engine.ts";
import { usablePrecisions } from "../../src/engine/engines/precision.ts";
import { engines } from "../../src/engine/engines/list.ts";
import { provisionEngine } from "../../src/engine/engines/provision.ts";
import { processorFeatures, readCpuinfo } from "../../src/engine/processor.ts";
import { listSpeeds, type Speed, speedsOf } from "../../src/features/speeds/speed_store.ts";
import { cacheRoot, PROJECT_ROOT } from "../../src/paths.ts";
import { headlight, headlightArgs } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";

const HERE: EnginePresence = {
  here: true,
  version: "2.21.0",
  device: "cpu",
  bytes: 853_000_000,
  downloadBytes: 0,
  problem: null,
};
const NOT_HERE: EnginePresence = { ...HERE, here: false, bytes: 0, downloadBytes: 274_000_000 };

function speed(precision: Speed["precision"], imagesPerSecond: number, more: Partial<Speed> = {}): Speed {
  return {
    v: 1,
    engine: { kind: "tensorflow", version: "2.21.0", device: "cpu" },
    precision,
    base: "squeezenet11",
    size: 160,
    recipe: "",
    processor: "AMD EPYC, AVX2",
    cores: 2,
    images_per_second: imagesPerSecond,
    measured: "2026-11-27T04:00:00.000Z",
    ...more,
  };
}

function facts(more: Partial<EngineFacts> = {}): EngineFacts {
  const name = "TensorFlow";
  return { kind: "tensorflow", name, presence: HERE, precisions: ["float32", "bfloat16"], speeds: [], ...more };
}

const WASM = facts({
  kind: "wasm",
  name: "WebAssembly",
  presence: { ...HERE, version: "4.22.0", bytes: 0 },
  precisions: ["float32"],
});

Deno.test("engine's table says of each engine whether it is here, its size, and its speeds in each precision", () => {
  const lines = engineLines([facts({ speeds: [speed("float32", 1234.4), speed("bfloat16", 7.25)] }), WASM]);
  assert.deepEqual(lines, [
    "engine      version  device  float32  bfloat16  here",
    "tensorflow   2.21.0     cpu    1,234       7.3  yes, 853 MB",
    "wasm         4.22.0     cpu        ?         –  yes",
    "",
    "float32, bfloat16: images per second with squeezenet11 at 160, measured here",
    "–: the engine or the processor does not compute in this precision",
    "?: not measured here. To set up an engine and measure it: deno task engine NAME",
  ]);
  assert.ok(lines.every((line) => line.length <= 80));
});

Deno.test("engine's table says what a missing engine downloads, and why it cannot be set up", () => {
  const problem = "this processor has no AVX, which a prebuilt TensorFlow needs. Use --engine wasm.";
  const rowOf = (presence: EnginePresence) => engineLines([facts({ presence })])[1]?.split(/ {2,}/).at(-1);
  assert.equal(rowOf(NOT_HERE), "no, downloads 274 MB");
  assert.equal(rowOf({ ...NOT_HERE, version: null, downloadBytes: 0 }), "no");
  assert.equal(rowOf({ ...NOT_HERE, problem }), "no, see below");
  assert.equal(rowOf({ ...NOT_HERE, bytes: 3_450_000_000, problem }), "no, downloaded 3.45 GB, see below");
  assert.equal(engineLines([facts({ presence: { ...NOT_HERE, problem } })]).at(-1), `tensorflow: ${problem}`);
  // What is here works, whatever a new one would need.
  assert.equal(rowOf({ ...HERE, problem }), "yes, 853 MB");
  const device = engineLines([facts({ presence: { ...HERE, device: null } })])[1]?.split(/ {2,}/)[2];
  assert.equal(device, "cpu/gpu");
});

Deno.test("after --download-only nothing reads like a failure, and the last line says what to do next", () => {
  const problem = "there is no NVIDIA driver here: libcuda.so.1 was not found. Start the container with access to it.";
  const presence: EnginePresence = { ...NOT_HERE, device: "gpu", bytes: 3_450_000_000, downloadBytes: 0, problem };
  const cuda = facts({ kind: "cuda", name: "CUDA", presence, downloaded: true });
  assert.match(engineLines([cuda])[1] ?? "", / downloaded, 3\.45 GB$/);
  assert.doesNotMatch(engineLines([cuda]).join("\n"), /libcuda|see below/);
  assert.equal(
    downloadedLine(cuda, "/home/me/.cache/headlight/engines"),
    "cuda is downloaded. Next, run deno task engine cuda on the machine that computes. If it does not share the folder " +
      "/home/me/.cache/headlight/engines, copy that folder there first, with the times of its files " +
      "(docs/gpu-server.md has the command).",
  );
  const webgpu = facts({ kind: "webgpu", name: "WebGPU", presence: { ...presence, bytes: 0 }, downloaded: true });
  assert.match(engineLines([webgpu])[1] ?? "", / downloaded$/);
  assert.match(downloadedLine(webgpu, "/cache"), /^webgpu is downloaded\. Next, /);
  const ready = facts({ downloaded: true });
  assert.match(engineLines([ready])[1] ?? "", / yes, 853 MB$/);
  assert.match(downloadedLine(ready, "/cache"), /^tensorflow is downloaded\. Next, /);
  assert.equal(downloadedLine(WASM, "/cache"), "wasm needs no download. To measure it, run deno task engine wasm.");
});

Deno.test("engine NAME --download-only ends with what to do next, and as JSON with nothing but the engine", async () => {
  await withTemporaryFolder(async (folder) => {
    const { status, lines, stderr } = await engine(folder, "wasm", "--download-only");
    assert.deepEqual([status, stderr], [0, ""]);
    assert.equal(lines.at(-1), "wasm needs no download. To measure it, run deno task engine wasm.");
    const json = await engine(folder, "wasm", "--download-only", "--json");
    assert.deepEqual(json.lines.map((line) => JSON.parse(line).name), ["wasm"]);
  });
});

Deno.test("engine names the GPU of an engine that computes on one", () => {
  const gpu = facts({
    kind: "webgpu",
    name: "WebGPU",
    presence: { ...HERE, device: "gpu", deviceName: "AMD\x1b[1m Radeon" },
  });
  assert.equal(engineLines([gpu, WASM]).at(-1), "webgpu: computes on AMD Radeon.");
  assert.equal(JSON.parse(engineJson(WASM)).device_name, null);
});

Deno.test("engine shows the speeds of the version and the device that are here, and the newest of each precision", () => {
  const old = speed("float32", 1, { measured: "2026-11-26T04:00:00.000Z" });
  const version = speed("float32", 2, { engine: { kind: "tensorflow", version: "2.20.0", device: "cpu" } });
  const gpu = speed("float32", 3, { engine: { kind: "tensorflow", version: "2.21.0", device: "gpu" } });
  const now = speed("float32", 4);
  const all = [old, version, gpu, now];
  assert.deepEqual(speedsOf("tensorflow", HERE, all), [old, now]);
  assert.deepEqual(speedsOf("tensorflow", { ...HERE, device: null }, all), [old, gpu, now]);
  assert.deepEqual(speedsOf("wasm", HERE, all), []);
  const shown = JSON.parse(engineJson(facts({ speeds: [old, now] })));
  assert.deepEqual(shown.speeds, [{
    precision: "float32",
    images_per_second: 4,
    base: "squeezenet11",
    size: 160,
    processor: "AMD EPYC, AVX2",
    cores: 2,
    measured: now.measured,
  }]);
});

Deno.test("bfloat16 is measured where the processor computes it, float32 everywhere", () => {
  assert.deepEqual(usablePrecisions(engines.tensorflow, ["AVX2", "AVX512_BF16"]), ["float32", "bfloat16"]);
  assert.deepEqual(usablePrecisions(engines.tensorflow, ["AVX2"]), ["float32"]);
  assert.deepEqual(usablePrecisions(engines.wasm, ["AMX_BF16"]), ["float32"]);
});

/** Runs `engine` with a cache of its own. */
async function engine(cacheHome: string, ...args: string[]) {
  const result = await headlight(["engine", ...args], { env: { XDG_CACHE_HOME: cacheHome, HEADLIGHT_TENSORFLOW: "" } });
  return { ...result, lines: result.stdout.trimEnd().split("\n") };
}

Deno.test("engine without a name lists every engine, sets none up and writes nothing", async () => {
  await withTemporaryFolder(async (folder) => {
    const { status, lines, stderr } = await engine(folder);
    assert.deepEqual([status, stderr], [0, ""]);
    const kinds = engineKindSchema.options;
    assert.deepEqual(lines.slice(1, kinds.length + 1).map((line) => line.split(" ")[0]), [...kinds]);
    assert.match(lines[1] ?? "", /no(?:, downloads \d+ MB|, see below)?$/);
    const json = (await engine(folder, "--json")).lines.map((line) => JSON.parse(line));
    assert.deepEqual(json.map(({ name, here }) => [name, here]).at(-1), ["wasm", true]);
    assert.equal(existsSync(join(folder, "headlight")), false);
  });
});

Deno.test("engine NAME measures the engine in a process of its own, and the list, doctor and cache show it", async () => {
  await withTemporaryFolder(async (folder) => {
    const { status, lines, stderr } = await engine(folder, "wasm", "--json");
    assert.equal(status, 0);
    // It is announced if it takes more than a second.
    assert.match(stderr, /^(?:headlight: Measuring WebAssembly in float32\.\n)?$/);
    const { speeds: [measured] } = JSON.parse(lines[0] ?? "");
    assert.ok(measured.images_per_second > 0);
    assert.deepEqual([measured.precision, measured.base, measured.size], ["float32", "squeezenet11", 160]);
    const number = String(Math.round(measured.images_per_second));
    const row = (await engine(folder)).lines.find((line) => line.startsWith("wasm"));
    if (measured.images_per_second >= 10) assert.equal(row?.split(/ {2,}/)[3], number);
    const env = { XDG_CACHE_HOME: folder };
    const doctor = await headlight(["doctor"], { env });
    assert.match(
      doctor.stdout,
      new RegExp(`speed +images per second with squeezenet11 at 160: WebAssembly .* ${number} in float32`),
    );
    const cache = await headlight(["cache"], { env });
    assert.match(cache.stdout, /^speeds +\d+ B +now +measured speeds of engines$/m);
    await headlight(["cache", "clear", "--all", "--yes"], { env });
    assert.deepEqual(listSpeeds(join(folder, "headlight")), []);
  });
});

Deno.test("engine tensorflow is measured in every precision that the processor computes", async () => {
  await withTemporaryFolder(async (folder) => {
    Deno.mkdirSync(join(folder, "headlight"));
    Deno.symlinkSync(join(cacheRoot(), "engines"), join(folder, "headlight", "engines"));
    const { status, lines } = await engine(folder, "tensorflow", "--json");
    assert.equal(status, 0);
    const found = JSON.parse(lines[0] ?? "");
    const expected = usablePrecisions(engines.tensorflow, processorFeatures(readCpuinfo()));
    assert.deepEqual(found.precisions, expected);
    assert.deepEqual(found.speeds.map(({ precision }: Speed) => precision), expected);
    assert.equal(found.here, true);
  });
});

Deno.test("engine openvino is set up beside TensorFlow, measured, and listed with its own size", async () => {
  const { files } = await provisionEngine("openvino", { cacheRoot: cacheRoot(), onProgress: () => {} });
  await withTemporaryFolder(async (folder) => {
    Deno.mkdirSync(join(folder, "headlight"));
    Deno.symlinkSync(join(cacheRoot(), "engines"), join(folder, "headlight", "engines"));
    const { status, lines } = await engine(folder, "openvino", "--json");
    assert.equal(status, 0);
    const found = JSON.parse(lines[0] ?? "");
    assert.deepEqual([found.here, found.version, found.device], [true, files.version, "cpu"]);
    assert.ok(found.bytes > 80e6 && found.bytes < 120e6, `${found.bytes} bytes`);
    // In bfloat16 the base's error on this processor decides whether it has a speed.
    assert.equal(found.speeds[0]?.precision, "float32");
    const row = (await engine(folder)).lines.find((line) => line.startsWith("openvino "));
    assert.match(row ?? "", / yes, \d+(?:\.\d)? MB$/);
  });
});

Deno.test("a signal while engine sets up ends the processes that it started, and the exit status is the signal's", async () => {
  await withTemporaryFolder(async (folder) => {
    // A Python that never ends. The setup starts it in a process group of its own.
    const python = join(folder, "python3");
    Deno.writeTextFileSync(python, `#!/bin/sh\necho $$ > "${folder}/pid"\nexec sleep 600\n`, { mode: 0o755 });
    const env = { XDG_CACHE_HOME: folder, HEADLIGHT_TENSORFLOW: "", PATH: `${folder}:${Deno.env.get("PATH")}` };
    const command = new Deno.Command(Deno.execPath(), {
      args: headlightArgs(["engine", "tensorflow"]),
      ...{ cwd: PROJECT_ROOT, env, stdin: "null", stdout: "null", stderr: "null" },
    }).spawn();
    const pid = join(folder, "pid");
    const patience = AbortSignal.timeout(30_000);
    while (!existsSync(pid) && !patience.aborted) await new Promise((resolve) => setTimeout(resolve, 20));
    command.kill("SIGTERM");
    assert.equal((await command.status).code, 143);
    const asked = Number(Deno.readTextFileSync(pid));
    assert.equal(existsSync(`/proc/${asked}`), false, "it outlived the command");
  });
});

Deno.test("bad input: an unknown engine is refused with a suggestion, exit status 2", async () => {
  await withTemporaryFolder(async (folder) => {
    const { status, stderr } = await engine(folder, "tensorflw");
    assert.equal(status, 2);
    assert.match(stderr, /^headlight: engine tensorflw: must be one of tensorflow, .*\. Did you mean tensorflow\?\n$/);
    const auto = await engine(folder, "auto");
    assert.deepEqual([auto.status, auto.stdout], [2, ""]);
  });
});

Deno.test("bad input: a number is named as it was typed", async () => {
  await withTemporaryFolder(async (folder) => {
    const number = "99999999999999999999";
    for (const args of [["engine", "cuda", "--gpu", number], ["train", "--gpu", number, "--runs", folder]]) {
      const { status, stderr } = await headlight(args);
      assert.deepEqual([status, stderr], [2, `headlight: --gpu ${number}: must be at most 1023\n`]);
    }
    const several = ["train", "--base", "squeezenet11,vgg16", "--batch", "0x80000", "--runs", folder];
    assert.match((await headlight(several)).stderr, /^headlight: --batch 0x80000: must be at most 65536\n$/);
  });
});

Deno.test("bad input: engine wasm with --tensorflow, and a folder without TensorFlow, exit status 2", async () => {
  await withTemporaryFolder(async (folder) => {
    const wasm = await engine(folder, "wasm", "--tensorflow", folder);
    assert.deepEqual([wasm.status, wasm.stderr], [
      2,
      "headlight: --tensorflow cannot be combined with deno task engine wasm. Remove --tensorflow.\n",
    ]);
    const list = await engine(folder, "--tensorflow", folder);
    assert.equal(list.status, 2);
    assert.match(list.stderr, /^headlight: --tensorflow: no TensorFlow in /);
  });
});

Deno.test("an engine that cannot be set up is an error of one line, exit status 1", async () => {
  await withTemporaryFolder(async (folder) => {
    Deno.writeTextFileSync(join(folder, "headlight"), "");
    const { status, stderr, stdout } = await engine(folder, "tensorflow");
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /^headlight: [^\n]*\n$/);
  });
});

Deno.test("engine cuda accepts --gpu and --tf32, which other engines refuse", async () => {
  await withTemporaryFolder(async (folder) => {
    // Without NVIDIA's driver, which this process cannot be given, the setup says so. With one, there is no GPU 1000.
    const cuda = await engine(folder, "cuda", "--gpu", "1000", "--tf32");
    assert.equal(cuda.stdout, "");
    assert.match(cuda.stderr, /^headlight: [^\n]*(?:NVIDIA|--gpu 1000)[^\n]*\n$/);
    assert.doesNotMatch(cuda.stderr, /unknown option/);
    for (const [option, ...value] of [["--gpu", "0"], ["--tf32"]] as const) {
      const given = [option, ...value].join(" ");
      const { status, stderr } = await engine(folder, "openvino", option, ...value);
      const line = `headlight: ${given} cannot be combined with deno task engine openvino. ` +
        `Use deno task engine cuda, or remove ${given}.\n`;
      assert.deepEqual([status, stderr], [2, line]);
    }
    for (const option of [["--gpu", "0"], ["--download-only"]]) {
      const unnamed = await engine(folder, ...option);
      assert.deepEqual([unnamed.status, unnamed.stdout], [2, ""]);
    }
  });
});

Deno.test("the speed in TF32 is not that in float32, and before the setup the speeds of all GPUs are shown", () => {
  const presence: EnginePresence = { ...HERE, device: "gpu" };
  const of = (device_name: string, tf32?: true) =>
    speed("float32", 1, { engine: { kind: "cuda", version: "2.21.0", device: "gpu", device_name, tf32 } });
  const [t4, a100, fast] = [of("T4"), of("A100"), of("A100", true)];
  const all = [t4, a100, fast];
  assert.deepEqual(speedsOf("cuda", presence, all), [t4, a100]);
  assert.deepEqual(speedsOf("cuda", presence, all, true), [fast]);
  assert.deepEqual(speedsOf("cuda", { ...presence, deviceName: "A100" }, all), [a100]);
});
