/**
 * Tests the setup of CUDA with stand-ins for NVIDIA's libraries, a pip that hands out small wheels, and real processes.
 * Whether TensorFlow computes on the GPU is answered by the test.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { EngineRequest } from "../../../src/config.ts";
import { TENSORFLOW_CUDA } from "../../../src/engine/cuda/build.ts";
import { chooseGpu } from "../../../src/engine/cuda/choose_gpu.ts";
import { cudaEnvironment, visibleGpu } from "../../../src/engine/cuda/environment.ts";
import type { CudaFiles } from "../../../src/engine/cuda/files.ts";
import { hasDriver } from "../../../src/engine/cuda/driver.ts";
import { inspectCuda } from "../../../src/engine/cuda/inspect.ts";
import { type CudaSetupOptions, downloadCuda, setUpCuda } from "../../../src/engine/cuda/setup.ts";
import { allWheels, CUDA_WHEELS, downloadBytes } from "../../../src/engine/cuda/wheels.ts";
import type { EngineFiles } from "../../../src/engine/engine.ts";
import { checkGpuOptions } from "../../../src/engine/engines/gpu_options.ts";
import { provisionEngine, type ProvisionOptions } from "../../../src/engine/engines/provision.ts";
import { setUpTensorflow } from "../../../src/engine/tensorflow/setup.ts";
import { peakBytes } from "../../../src/engine/wheels/limits.ts";
import { HeadlightError } from "../../../src/errors.ts";
import { recipeHash } from "../../../src/features/rows/recipe.ts";
import { needs, withTemporaryFolder } from "../../support.ts";
import { SmallMachine, tried } from "../small_machine.ts";
import { CAN_STAND_IN, compileStandIns, STAND_INS_NEED, type StandIns } from "./stand_ins.ts";

/** A machine with a stand-in for NVIDIA's driver. */
interface GpuMachine {
  readonly machine: SmallMachine;
  readonly stand: StandIns;
  /** The files of the engines that were asked whether they compute on the GPU. */
  readonly tested: CudaFiles[];
  options(more?: Partial<CudaSetupOptions>): CudaSetupOptions;
}

/** Registers a test on a machine with a usable GPU. `env` are the stand-ins' variables. */
function gpuTest(
  name: string,
  env: Readonly<Record<string, string>>,
  body: (machine: GpuMachine) => Promise<void>,
): void {
  Deno.test({
    name: `CUDA's set-up: ${name}${CAN_STAND_IN ? "" : needs(STAND_INS_NEED)}`,
    ignore: !CAN_STAND_IN,
    fn: () => withTemporaryFolder((folder) => body(gpuMachine(folder, env))),
  });
}

/** The stand-ins, which no test changes. */
let compiled: StandIns | undefined;

function standIns(): StandIns {
  if (compiled === undefined) {
    const folder = Deno.makeTempDirSync({ prefix: "headlight-test-" });
    globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
    compiled = compileStandIns(folder);
  }
  return compiled;
}

function gpuMachine(folder: string, env: Readonly<Record<string, string>>): GpuMachine {
  const stand = standIns();
  const machine = new SmallMachine(folder, Deno.readFileSync(stand.other));
  const { libcuda, libnvml, devices } = stand;
  const tested: CudaFiles[] = [];
  const options = (more: Partial<CudaSetupOptions> = {}) =>
    machine.cudaOptions({
      detect: { libcuda, libnvml, devices, env: { CUDA_VISIBLE_DEVICES: "0", ...env } },
      verifyGpu: (files) => {
        tested.push(files);
        return Promise.resolve();
      },
      ...more,
    });
  return { machine, stand, tested, options };
}

/** Returns how many wheels of CUDA pip has downloaded. */
function downloads({ machine }: GpuMachine): number {
  return allWheels(CUDA_WHEELS).reduce((sum, wheel) => sum + machine.downloads(wheel.package), 0);
}

async function refuses(work: Promise<unknown>, pattern: RegExp, exitStatus = 1): Promise<void> {
  await assert.rejects(work, (error) => {
    assert(error instanceof HeadlightError, String(error));
    assert.match(error.message, pattern);
    assert.doesNotMatch(error.message, /\n/);
    assert.equal(error.exitStatus, exitStatus);
    return true;
  });
}

gpuTest("the download alone needs no GPU, and the set-up on a machine with one finds it", {}, async (gpu) => {
  const { machine, tested } = gpu;
  const missing = { libcuda: "libcuda-missing.so.1", libnvml: "libnvml-missing.so.1" };
  await downloadCuda(gpu.options({ detect: missing }));
  assert.equal(downloads(gpu), 8);
  assert.deepEqual(tested, []);
  await setUpCuda(gpu.options());
  assert.equal(downloads(gpu), 8);
  assert.equal(tested.length, 1);
  assert.equal(machine.downloads("tensorflow-cpu"), 1);
});

gpuTest("a named engine downloads TensorFlow for CUDA and seven wheels, and says how much before", {}, async (gpu) => {
  const { machine, tested } = gpu;
  const { files, notices } = await setUpCuda(gpu.options());
  assert.deepEqual(notices, []);
  const { addon, libraries, trainer, ...rest } = files;
  assert.deepEqual(rest, {
    kind: "cuda",
    version: "2.21.0",
    device: "gpu",
    device_name: "Fake A100",
    pci_bus_id: "0000:01:00.0",
    visible: { CUDA_DEVICE_ORDER: "PCI_BUS_ID", CUDA_VISIBLE_DEVICES: "0" },
  });
  assert.deepEqual(trainer, (await setUpTensorflow(machine.options())).files);
  assert.notEqual(addon, trainer.addon);
  assert.match(Deno.readTextFileSync(join(dirname(addon), "libtensorflow_cc.so.2")), /cuDeviceGetCount/);
  assert.deepEqual(libraries.map((path) => basename(path)), TENSORFLOW_CUDA.libraries);
  assert.ok(libraries.every((path) => path.startsWith(machine.engines) && existsSync(path)));
  assert.ok(existsSync(join(dirname(libraries.at(-1) ?? ""), "libcudnn_engines_precompiled.so.9")));
  assert.deepEqual(tested, [files]);
  assert.equal(downloads(gpu), 8);
  const labels = [...new Set(machine.progress.map(({ label }) => label))].filter((label) =>
    /CUDA|GPU|Fake/.test(label)
  );
  assert.match(labels[0] ?? "", /^looking for an NVIDIA GPU$/);
  assert.match(labels[1] ?? "", /^setting up CUDA: \d+ kB to download$/);
  const wheels = labels.filter((label) => /^downloading CUDA \(\d+ kB, wheel \d of 8\): \S+ \S+$/.test(label));
  assert.equal(wheels.length, 8, labels.join("\n"));
  assert.equal(labels.at(-1), "testing TensorFlow on Fake A100");
});

gpuTest("the next start asks the driver, and starts neither Python nor a compiler nor a test", {}, async (gpu) => {
  const first = await setUpCuda(gpu.options());
  const calls = gpu.machine.calls();
  Deno.removeSync(gpu.machine.python);
  Deno.removeSync(gpu.machine.compiler);
  assert.deepEqual(await setUpCuda(gpu.options()), first);
  assert.deepEqual(gpu.machine.calls(), calls);
  assert.equal(gpu.tested.length, 1);
});

gpuTest("a GPU for which kernels are compiled is said so at the first start only", {
  FAKE_GPUS: "Fake H100/9.0,Fake RTX 5090/12.0",
}, async (gpu) => {
  const { notices } = await setUpCuda(gpu.options());
  assert.deepEqual(notices, [
    "The first start on Fake H100 takes longer, because the driver compiles kernels that TensorFlow 2.21.0 has only as " +
    "PTX.",
    "One more GPU cannot be used: Fake RTX 5090 has compute capability 12.0, which is too new for TensorFlow 2.21.0 " +
    "(tensorflow/tensorflow#89272).",
  ]);
  const labels = gpu.machine.progress.map(({ label }) => label);
  assert.ok(labels.includes("testing TensorFlow on Fake H100, for which the driver compiles kernels once"));
  assert.deepEqual((await setUpCuda(gpu.options())).notices, []);
});

gpuTest("a TensorFlow that does not compute on the GPU is an error, and is tested again", {}, async (gpu) => {
  const fails = () => Promise.reject(new HeadlightError("it registers no GPU", 1));
  for (let start = 0; start < 2; start++) {
    await refuses(setUpCuda(gpu.options({ verifyGpu: fails })), /^it registers no GPU$/);
  }
  await setUpCuda(gpu.options());
  assert.equal(gpu.tested.length, 1);
  assert.equal(downloads(gpu), 8, "what was downloaded stays");
});

const OBSTACLES: Readonly<Record<string, { env: Record<string, string>; line: RegExp }>> = {
  "a driver that is too old": { env: { FAKE_VERSION: "11040" }, line: /^the NVIDIA driver .* is too old: / },
  "no GPU": { env: { FAKE_GPUS: "" }, line: /CUDA_VISIBLE_DEVICES=0 hides |^the NVIDIA driver finds no GPU\./ },
  "hidden GPUs": { env: { CUDA_VISIBLE_DEVICES: "-1" }, line: /^CUDA_VISIBLE_DEVICES=-1 hides .*\. Unset it, / },
  "a driver that crashes": { env: { FAKE_INIT: "crash" }, line: /^the NVIDIA driver crashed with SIGSEGV / },
  "a GPU that is too new": { env: { FAKE_GPUS: "Fake RTX 5090/12.0" }, line: /which is too new for TensorFlow/ },
};

for (const [what, { env, line }] of Object.entries(OBSTACLES)) {
  gpuTest(
    `with ${what} a named engine is an error with the remedy, before anything is downloaded`,
    env,
    async (gpu) => {
      await refuses(setUpCuda(gpu.options()), line);
      assert.deepEqual(gpu.machine.calls(), []);
      assert.equal(existsSync(gpu.machine.engines), false);
    },
  );
}

gpuTest(
  "a library that cannot be opened is named after the download, and TensorFlow is not loaded",
  {},
  async (gpu) => {
    const broken = new SmallMachine(gpu.machine.folder, new TextEncoder().encode("no library"));
    const { cudaWheels } = broken;
    await refuses(setUpCuda(gpu.options({ cudaWheels })), /^libcudart\.so\.12 cannot be loaded: .*(?:ELF|short)/);
    assert.deepEqual(gpu.tested, []);
  },
);

gpuTest("a disk that is too small is reported before the first download", {}, async (gpu) => {
  const { cudaWheels } = gpu.machine;
  const tensorflow = { ...cudaWheels.tensorflow, unpackedBytes: 1e18 };
  await refuses(
    setUpCuda(gpu.options({ cudaWheels: { ...cudaWheels, tensorflow } })),
    /^setting up CUDA needs \d+ MB of disk space, but .* has only \d+ MB left/,
  );
  assert.equal(downloads(gpu), 0);
});

gpuTest("the space for TensorFlow and CUDA together is checked before the first download", {}, async (gpu) => {
  const { machine } = gpu;
  const [first, ...rest] = machine.cudaWheels.nvidia;
  assert.ok(first);
  const large = { ...first, wheel: { ...first.wheel, unpackedBytes: 1e18 } };
  const options = gpu.options({ cudaWheels: { ...machine.cudaWheels, nvidia: [large, ...rest] } });
  for (const work of [downloadCuda, setUpCuda]) {
    await refuses(
      work(options),
      new RegExp(`^setting up CUDA needs \\d+ MB of disk space, but ${machine.cacheRoot} has only \\d+ MB left`),
    );
    assert.deepEqual([downloads(gpu), machine.downloads("tensorflow-cpu")], [0, 0]);
  }
});

/** Installs a TensorFlow in the machine's Python, with NVIDIA's wheels beside it, and returns its folder. */
function installCuda({ machine, stand }: GpuMachine, version: string, libraries = TENSORFLOW_CUDA.libraries): string {
  const path = machine.installPackage(version);
  Deno.writeTextFileSync(join(path, "libtensorflow_cc.so.2"), "\x7fELF cuDeviceGetCount");
  for (const name of libraries) {
    const folder = join(dirname(path), "nvidia", name.replace(/^lib|\.so.*$/g, ""), "lib");
    Deno.mkdirSync(folder, { recursive: true });
    Deno.copyFileSync(stand.other, join(folder, name));
  }
  machine.set("installed", path);
  return path;
}

gpuTest("a CUDA build in Python with NVIDIA's wheels is used as it is", {}, async (gpu) => {
  const path = installCuda(gpu, "2.21.0");
  const { files } = await setUpCuda(gpu.options());
  assert.equal(files.addon, files.trainer.addon);
  assert.equal(files.trainer.device, "cpu");
  assert.ok(files.libraries.every((library) => library.startsWith(join(dirname(path), "nvidia"))));
  assert.equal(downloads(gpu), 0);
  // It needs no download, so that `auto` uses it too.
  assert.deepEqual((await setUpCuda(gpu.options({ automatic: true }))).files, files);
});

for (
  const [what, version, libraries] of [
    ["of another version", "2.16.1", TENSORFLOW_CUDA.libraries],
    ["that lacks a library", "2.21.0", TENSORFLOW_CUDA.libraries.slice(1)],
  ] as const
) {
  gpuTest(`a CUDA build in Python ${what} trains, and the base is computed with a downloaded one`, {}, async (gpu) => {
    installCuda(gpu, version, libraries);
    const { files } = await setUpCuda(gpu.options({ verify: tried(version) }));
    assert.notEqual(files.addon, files.trainer.addon);
    assert.ok(files.libraries.every((library) => library.startsWith(gpu.machine.engines)));
    assert.equal(downloads(gpu), 8);
    assert.equal(gpu.machine.downloads("tensorflow-cpu"), 0);
  });
}

gpuTest("a folder that was named is used, or it is an error", {}, async (gpu) => {
  const folder = installCuda(gpu, "2.21.0");
  const { files } = await setUpCuda(gpu.options({ folder }));
  assert.equal(files.addon, files.trainer.addon);
  Deno.removeSync(join(dirname(folder), "nvidia"), { recursive: true });
  await refuses(
    setUpCuda(gpu.options({ folder })),
    /^--tensorflow \/.* is not TensorFlow 2\.21\.0 for CUDA with NVIDIA's libraries\. Remove --tensorflow /,
    2,
  );
  assert.equal(downloads(gpu), 0);
});

for (const by of ["--tensorflow", "HEADLIGHT_TENSORFLOW"] as const) {
  gpuTest(`with ${by} and no build for CUDA in its folder, the list says so, and the remedy works`, {}, async (gpu) => {
    const { machine } = gpu;
    await setUpCuda(gpu.options());
    const unnamed = gpu.options();
    const folder = machine.installPackage("2.18.0");
    const env = (name: string) => by === name ? folder : unnamed.env?.(name);
    const named = { ...gpu.options({ folder, env, verify: tried("2.18.0") }), driver: true };
    const missing = { here: false, version: null, device: "gpu", bytes: 0, downloadBytes: 0 };
    assert.deepEqual(inspectCuda(named), { ...missing, problem: null }, "it is not known before it is set up");
    const remedy = by === "--tensorflow" ? "Remove --tensorflow" : "Unset HEADLIGHT_TENSORFLOW";
    const line = `${by}${by === "--tensorflow" ? " " : "="}${folder} is not TensorFlow 2.21.0 for CUDA with NVIDIA's ` +
      `libraries. ${remedy} to use a downloaded one, or use --engine tensorflow.`;
    await assert.rejects(setUpCuda(named), { name: "HeadlightError", exitStatus: 2, message: line });
    assert.deepEqual(inspectCuda(named), { ...missing, problem: line });
    const before = downloads(gpu);
    assert.equal((await setUpCuda(unnamed)).files.kind, "cuda");
    assert.equal(inspectCuda({ ...unnamed, driver: true }).here, true);
    assert.equal(downloads(gpu), before);
  });
}

gpuTest("--gpu names one of several GPUs, and TensorFlow sees no other", {
  FAKE_GPUS: "Fake A100/8.0,Fake T4/7.5,Fake K80/3.7",
}, async (gpu) => {
  const { files, notices } = await setUpCuda(gpu.options({ gpu: 1, tf32: true }));
  assert.match(notices.join("\n"), /^With --tf32 .* Compare the accuracy with a run without --tf32\.$/m);
  assert.deepEqual([files.device_name, files.visible["CUDA_VISIBLE_DEVICES"], files.tf32], ["Fake T4", "1", true]);
  for (const wrong of [2, 7]) {
    await refuses(
      setUpCuda(gpu.options({ gpu: wrong })),
      new RegExp(
        `^--gpu ${wrong}: there is no such GPU here that can be used\\. Use one of these numbers: ` +
          "0 is Fake A100 \\(8\\.59 GB\\), 1 is Fake T4 \\(8\\.59 GB\\)\\.$",
      ),
      2,
    );
  }
});

Deno.test("CUDA's set-up: other platforms are refused with another engine's name", () =>
  withTemporaryFolder(async (folder) => {
    const machine = new SmallMachine(folder);
    for (const platform of ["linux-aarch64", "darwin-aarch64"]) {
      await refuses(
        setUpCuda(machine.cudaOptions({ platform })),
        new RegExp(`on x86-64, and this is ${platform}\\. Use --engine tensorflow\\.$`),
      );
    }
  }));

/** Calls `body` while the loader would find the stand-in for the driver. */
async function withDriver<T>({ stand }: GpuMachine, body: () => Promise<T>): Promise<T> {
  const names = ["LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES"];
  const before = names.map((name) => Deno.env.get(name));
  Deno.env.set("LD_LIBRARY_PATH", stand.driver);
  Deno.env.delete("CUDA_VISIBLE_DEVICES");
  try {
    return await body();
  } finally {
    for (const [place, name] of names.entries()) {
      const value = before[place];
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
}

/** Sets up an engine with the driver that the loader finds. */
function provisioned(gpu: GpuMachine, request: EngineRequest, more: Partial<ProvisionOptions> = {}) {
  const { cacheRoot, onProgress, env, platform, python, wheel, verify, cudaWheels, verifyGpu, detect } = gpu.options();
  const { devices = "" } = detect ?? {};
  // Options that only CUDA knows are passed on to it.
  const options = {
    cacheRoot,
    onProgress,
    env,
    platform,
    python,
    wheel,
    verify,
    cudaWheels,
    verifyGpu,
    place: "linux",
  };
  const asked = { ...options, detect: { devices, env: detect?.env } };
  return withDriver(gpu, () => provisionEngine(request, { ...asked, ...more } as unknown as ProvisionOptions));
}

gpuTest("auto downloads nothing for a GPU that can be used, and says in a notice how to use it", {}, async (gpu) => {
  const { files, notices } = await provisioned(gpu, "auto");
  assert.equal(files.kind, "tensorflow");
  assert.equal(notices.length, 1);
  assert.match(
    notices[0] ?? "",
    /^Engine: TensorFlow instead of CUDA because TensorFlow for CUDA is not set up yet\. To download it \(\d+ kB\), run deno task engine cuda, or add --engine cuda\.$/,
  );
  assert.equal(downloads(gpu), 0);
});

gpuTest("auto takes a GPU for which everything is set up, before an engine that was measured", {}, async (gpu) => {
  const named = await provisioned(gpu, "cuda");
  const { files, notices } = await provisioned(gpu, "auto", { first: "openvino" });
  assert.deepEqual([files, notices], [named.files, []]);
});

gpuTest("auto with a driver that does not work is a notice that stays", { FAKE_INIT: "999" }, async (gpu) => {
  const { files, notices } = await provisioned(gpu, "auto");
  assert.equal(files.kind, "tensorflow");
  assert.match(String(notices), /^Engine: TensorFlow instead of CUDA because the driver's libcuda\.so\.1 reports an /);
});

gpuTest("auto leaves a GPU out if the run needs what only another engine can do", {}, async (gpu) => {
  await provisioned(gpu, "cuda");
  for (const need of ["trainsConvolutions", "bfloat16"] as const) {
    const { files, notices } = await provisioned(gpu, "auto", {
      suits: (able) => need === "bfloat16" ? able.precisions.includes(need) : able[need],
    });
    assert.deepEqual([files.kind, notices], ["tensorflow", []]);
  }
});

gpuTest("--gpu means CUDA or an error, also with auto", { FAKE_GPUS: "Fake A100/8.0,Fake T4/7.5" }, async (gpu) => {
  const { files } = await provisioned(gpu, "auto", { gpu: 1 });
  assert.deepEqual([files.kind, files.device_name], ["cuda", "Fake T4"]);
  await refuses(provisioned(gpu, "auto", { gpu: 2 }), /^--gpu 2: there is no such GPU /, 2);
});

Deno.test({
  name: "CUDA's set-up: without a driver auto looks for no GPU and says nothing" +
    (hasDriver() ? needs("a machine without NVIDIA's driver") : ""),
  ignore: hasDriver(),
  fn: () =>
    withTemporaryFolder(async (folder) => {
      const machine = new SmallMachine(folder);
      const { files, notices } = await provisionEngine("auto", machine.options());
      assert.deepEqual([files.kind, notices], ["tensorflow", []]);
      assert.deepEqual(machine.progress.filter(({ label }) => /GPU|CUDA/.test(label)), []);
    }),
});

gpuTest("the list of engines shows what is there and what the download is", {}, async (gpu) => {
  const { machine } = gpu;
  const all = downloadBytes(allWheels(machine.cudaWheels));
  const before = inspectCuda({ ...gpu.options(), driver: true });
  const expected = { here: false, version: "2.21.0", device: "gpu", bytes: 0, problem: null };
  assert.deepEqual(before, { ...expected, downloadBytes: all + machine.wheel.bytes });
  await setUpCuda(gpu.options());
  const { bytes, ...after } = inspectCuda({ ...gpu.options(), driver: true });
  assert.deepEqual(after, { here: true, version: "2.21.0", device: "gpu", problem: null, downloadBytes: 0 });
  assert.ok(bytes > 8 * Deno.statSync(gpu.stand.other).size);
  const { here, problem } = inspectCuda({ ...gpu.options(), driver: false });
  assert.equal(here, false);
  assert.match(problem ?? "", /^there is no NVIDIA driver here: libcuda\.so\.1 was not found\. /);
});

Deno.test("CUDA's wheels are 2.1 GB to download and need 3.6 GB of disk at most", () => {
  const all = allWheels(CUDA_WHEELS);
  assert.equal(all.length, 8);
  assert.equal(downloadBytes(all), 2_075_535_949);
  assert.ok(peakBytes(all) < 3.6e9, String(peakBytes(all)));
  assert.deepEqual(
    CUDA_WHEELS.nvidia.flatMap(({ libraries }) => libraries).filter((name) => TENSORFLOW_CUDA.libraries.includes(name))
      .sort(),
    [...TENSORFLOW_CUDA.libraries].sort(),
  );
});

Deno.test("the space for wheels is that of the libraries so far and the wheel that is being unpacked", () => {
  const wheel = (bytes: number, unpackedBytes: number) => ({ ...CUDA_WHEELS.tensorflow, bytes, unpackedBytes });
  assert.equal(peakBytes([wheel(10, 30)]), 40);
  assert.equal(peakBytes([wheel(10, 30), wheel(1, 2)]), 40);
  assert.equal(peakBytes([wheel(10, 30), wheel(9, 2)]), 41);
});

Deno.test("a GPU is named to CUDA by its number, or by what CUDA_VISIBLE_DEVICES calls it", () => {
  const given = (values: Record<string, string>) => (name: string) => values[name];
  const byBus = { CUDA_DEVICE_ORDER: "PCI_BUS_ID" };
  assert.deepEqual(visibleGpu(1, given({})), { ...byBus, CUDA_VISIBLE_DEVICES: "1" });
  assert.deepEqual(visibleGpu(0, given({ CUDA_VISIBLE_DEVICES: "3" })), { CUDA_VISIBLE_DEVICES: "3" });
  const named = given({ CUDA_VISIBLE_DEVICES: "2, GPU-8932f937" });
  assert.deepEqual(visibleGpu(1, named), { CUDA_VISIBLE_DEVICES: "GPU-8932f937" });
  // The person's order stays.
  assert.deepEqual(visibleGpu(1, given({ CUDA_DEVICE_ORDER: "FASTEST_FIRST" })), { CUDA_VISIBLE_DEVICES: "1" });
});

Deno.test("without --gpu the first GPU that can be used is taken", () => {
  const figures = { memoryBytes: 8e9, capability: { major: 8, minor: 0 }, figures: null, kernels: "binary" } as const;
  const gpus = [
    { ...figures, index: 1, name: "T4", pciBusId: "0000:01:00.0" },
    { ...figures, index: 2, name: "A100", pciBusId: "0000:02:00.0" },
  ] as const;
  assert.equal(chooseGpu({ gpus }, undefined), gpus[0]);
  assert.equal(chooseGpu({ gpus }, 2), gpus[1]);
});

Deno.test("TF32 is forbidden unless it is asked for, and the person's own kernel cache stays", () => {
  const visible = { CUDA_VISIBLE_DEVICES: "0" };
  const variables = cudaEnvironment({ visible }, () => undefined);
  assert.deepEqual(variables, {
    CUDA_VISIBLE_DEVICES: "0",
    TF_FORCE_GPU_ALLOW_GROWTH: "true",
    TF_DETERMINISTIC_OPS: "1",
    TF_CUDNN_DETERMINISTIC: "1",
    TF_CUDNN_USE_AUTOTUNE: "0",
    NVIDIA_TF32_OVERRIDE: "0",
    CUDA_CACHE_MAXSIZE: "4294967296",
  });
  assert.equal(cudaEnvironment({ visible, tf32: true }, () => undefined)["NVIDIA_TF32_OVERRIDE"], null);
  assert.equal(cudaEnvironment({ visible }, () => "1000")["CUDA_CACHE_MAXSIZE"], "1000");
});

Deno.test("TF32 is in the features' key, and the keys of other engines are what they were", () => {
  const key = (engine: Pick<EngineFiles, "kind" | "version" | "device" | "tf32">) =>
    recipeHash({
      base: "squeezenet11",
      weights: { path: "/w.h5", sha256: "0".repeat(64) },
      pooling: "max",
      size: 160,
      preprocess: "scale",
      precision: "float32",
      engine,
      batchSize: 32,
    });
  const cuda = { kind: "cuda", version: "2.21.0", device: "gpu" } as const;
  const keys = [cuda, { ...cuda, tf32: true }, { ...cuda, kind: "tensorflow" as const }].map(key);
  assert.equal(new Set(keys).size, 3);
  assert.equal(key({ ...cuda, tf32: false }), keys[0]);
  // Computed before TF32 was known.
  const before = "9e0228df9d5745abc8d8ed021f7ce4a8ef0b1456232c4e452d5810c229919bb6";
  assert.equal(key({ kind: "tensorflow", version: "2.21.0", device: "cpu" }), before);
});

Deno.test("--gpu and --tf32 are refused with an engine that computes on the processor", () => {
  const refused = (given: { gpu?: number; tf32: boolean }, request: EngineRequest) =>
    assert.throws(() => checkGpuOptions({ gpu: given.gpu, tf32: given.tf32 }, request), {
      name: "HeadlightError",
      exitStatus: 2,
      message: /^--(?:gpu 0|tf32) cannot be combined with --engine \w+\. Use --engine cuda, or remove --/,
    });
  for (const request of ["tensorflow", "openvino", "wasm"] as const) {
    refused({ gpu: 0, tf32: false }, request);
    refused({ tf32: true }, request);
    checkGpuOptions({ gpu: undefined, tf32: false }, request);
  }
  for (const request of ["auto", "cuda"] as const) checkGpuOptions({ gpu: 0, tf32: true }, request);
  const inBfloat16 = { gpu: 0, tf32: false, precision: "bfloat16" } as const;
  assert.throws(() => checkGpuOptions(inBfloat16, "auto"), {
    exitStatus: 2,
    message: "--gpu 0 cannot be combined with --precision bfloat16. Remove one of them.",
  });
  checkGpuOptions({ ...inBfloat16, precision: "float32" }, "auto");
});
