import assert from "node:assert/strict";
import type { CheckStatus } from "../../src/doctor/check.ts";
import { checks, exitStatus } from "../../src/doctor/checks.ts";
import type { Facts } from "../../src/doctor/facts.ts";
import type { UsableGpu } from "../../src/engine/cuda/detection.ts";
import { LIMITS, type Limits } from "../../src/engine/webgpu/facts.ts";
import type { EngineKind, Precision } from "../../src/config.ts";
import type { Speed } from "../../src/features/speeds/speed_store.ts";
import { report } from "../../src/doctor/report.ts";

/** TensorFlow for CUDA is not set up. */
const NO_BUILD = { build: null, named: false, downloadBytes: 2_075_535_949 } as const;

/** A machine on which doctor finds nothing to complain about. */
const GOOD: Facts = {
  deno: "2.9.6",
  platform: "linux-x86_64",
  system: "Debian GNU/Linux 12 (bookworm)",
  engine: {
    stored: {
      version: "2.21.0",
      gpu: null,
      from: "downloaded to /cache/engines/2.21.0-0123456789ab",
    },
    earlier: null,
    namedError: null,
    installed: null,
    wheel: { version: "2.21.0", bytes: 273_829_956, tried: true },
    wasmVersion: "4.22.0",
  },
  auto: {
    ranking: { kind: null, why: "the usual one, because no engine was measured here", figures: null },
    size: 160,
  },
  compiler: "g++ 12.2.0",
  python: { version: "3.11.2", pip: true },
  processor: { model: "AMD EPYC", cores: 2, features: ["AVX2", "FMA"] },
  cuda: { detection: { kind: "no driver" }, place: "linux", ...NO_BUILD },
  webgpu: { detection: { kind: "no loader" }, place: "linux", hasGpu: false },
  gpus: { names: [], problem: null },
  memory: { total: 16e9, available: 12e9, limit: null },
  cache: { path: "/cache", bytes: 853e6, unusableBytes: 0, freeBytes: 50e9, writable: true },
  folders: [{ holds: "cache", path: "/cache", network: null, lockLack: null }],
  roundings: [],
  speeds: [],
  weights: { path: "/cache/weights/densenet121.h5", there: true },
  data: { folder: "/headlight/data/dataset_dollarstreet", missing: [] },
  terminal: {
    tty: true,
    columns: 120,
    rows: 40,
    term: "xterm-256color",
    noColor: false,
    trueColor: true,
    utf8: true,
    multiplexer: null,
  },
  sockets: { folder: "/run/user/1000/headlight", writable: true },
  session: { killsUserProcesses: false, slurmJob: null },
};

const FRESH: Facts = { ...GOOD, engine: { ...GOOD.engine, stored: null } };

Deno.test("doctor reports ok on every line for a machine that has everything", () => {
  const list = checks(GOOD);
  assert.deepEqual(list.filter(({ status }) => status !== "ok"), []);
  assert.equal(exitStatus(list), 0);
});

const H200: UsableGpu = {
  index: 0,
  name: "NVIDIA H200",
  memoryBytes: 150e9,
  pciBusId: "0000:01:00.0",
  capability: { major: 9, minor: 0 },
  figures: null,
  kernels: "ptx",
};

/** A machine with a usable GPU. */
const GPU: Facts = {
  ...GOOD,
  cuda: {
    detection: { kind: "usable", driver: "580.159.04", gpus: [H200], others: [] },
    place: "linux",
    ...NO_BUILD,
  },
  gpus: { names: ["NVIDIA H200"], problem: null },
};

/** A machine with a usable GPU on which TensorFlow for CUDA is set up. */
const CUDA: Facts = { ...GPU, cuda: { ...GPU.cuda, build: "2.21.0", downloadBytes: 0 } };

/** A machine whose Python has a TensorFlow for CUDA. */
const CUDA_IN_PYTHON: Facts = {
  ...CUDA,
  engine: { ...CUDA.engine, stored: { version: "2.21.0", gpu: "cuda", from: "from /site/tensorflow" } },
};

interface Case {
  readonly name: string;
  readonly facts: Facts;
  readonly line: string;
  readonly status: CheckStatus;
  readonly text: RegExp;
  readonly remedy?: RegExp;
  readonly exit?: 1;
}

function speed(kind: EngineKind, version: string, precision: Precision, imagesPerSecond: number): Speed {
  return {
    v: 1,
    engine: { kind, version, device: "cpu" },
    precision,
    ...{ base: "squeezenet11", size: 160, recipe: "", processor: "AMD EPYC, AVX2, FMA", cores: 2 },
    images_per_second: imagesPerSecond,
    measured: "2026-11-27T04:00:00.000Z",
  };
}

const limits = Object.fromEntries(LIMITS.map((name) => [name, 1024])) as Limits;
const RADEON = { name: "AMD Radeon", software: false, limits };
const LLVMPIPE = { name: "llvmpipe", software: true, limits };

const CASES: readonly Case[] = [
  {
    name: "an engine that is not set up yet shows the size of the download",
    facts: FRESH,
    line: "engine",
    status: "note",
    text: /the first run downloads TensorFlow 2\.21\.0 \(274 MB\)/,
  },
  {
    name: "with an engine of an earlier Headlight nothing will be downloaded",
    facts: { ...FRESH, python: null, engine: { ...FRESH.engine, earlier: "2.21.0" } },
    line: "engine",
    status: "ok",
    text: /^TensorFlow 2\.21\.0, set up by an earlier version of Headlight; the next run converts it$/,
  },
  {
    name: "a TensorFlow installed in Python will be used",
    facts: { ...FRESH, engine: { ...FRESH.engine, installed: { path: "/site/tensorflow", version: "2.16.1" } } },
    line: "engine",
    status: "note",
    text: /uses TensorFlow 2\.16\.1 in \/site\/tensorflow/,
  },
  {
    name: "without pip and a compiler wasm is used, and both remedies are given",
    facts: { ...FRESH, python: null, compiler: null },
    line: "engine",
    status: "missing",
    text: /training runs on WebAssembly 4\.22\.0, about five times slower/,
    remedy: /^Install a C\+\+ compiler; install Python 3 with pip$/,
  },
  {
    name: "a platform without a wheel",
    facts: { ...FRESH, platform: "linux-riscv64", engine: { ...FRESH.engine, wheel: null } },
    line: "engine",
    status: "missing",
    text: /no TensorFlow/,
    remedy: /--tensorflow/,
  },
  {
    name: "on Windows WSL2 is recommended",
    facts: { ...FRESH, platform: "windows-x86_64", engine: { ...FRESH.engine, wheel: null } },
    line: "platform",
    status: "note",
    text: /windows/,
    remedy: /WSL2/,
  },
  {
    name: "a named folder that cannot be used stops training",
    facts: { ...FRESH, engine: { ...FRESH.engine, namedError: "no TensorFlow in /nowhere" } },
    line: "engine",
    status: "missing",
    text: /HEADLIGHT_TENSORFLOW: no TensorFlow in \/nowhere/,
    remedy: /unset it/,
    exit: 1,
  },
  {
    name: "a platform that was never tried is reported as such",
    facts: {
      ...GOOD,
      platform: "darwin-aarch64",
      engine: { ...GOOD.engine, wheel: { version: "2.21.0", bytes: 1, tried: false } },
    },
    line: "platform",
    status: "note",
    text: /not been tested on this platform$/,
  },
  {
    name: "a compiler is needed before the engine is set up",
    facts: { ...FRESH, compiler: null },
    line: "compiler",
    status: "missing",
    text: /no C\+\+ compiler/,
    remedy: /apt install g\+\+/,
  },
  {
    name: "a compiler is not needed any more afterwards",
    facts: { ...GOOD, compiler: null },
    line: "compiler",
    status: "note",
    text: /no C\+\+ compiler/,
  },
  {
    name: "Python without pip",
    facts: { ...FRESH, python: { version: "3.11.2", pip: false } },
    line: "Python",
    status: "missing",
    text: /3\.11\.2 without pip/,
    remedy: /python3-pip/,
  },
  {
    name: "a processor that computes bfloat16 is reported",
    facts: { ...GOOD, processor: { model: "AMD EPYC", cores: 2, features: ["AVX2", "AVX512_BF16"] } },
    line: "processor",
    status: "ok",
    text: /AVX512_BF16; --precision bfloat16 is faster here$/,
  },
  {
    name: "bfloat16 is not mentioned where the hardware does not compute it",
    facts: GOOD,
    line: "processor",
    status: "ok",
    text: /AVX2, FMA$/,
  },
  {
    name: "the measured speeds of engines are listed with the base that was measured",
    facts: {
      ...GOOD,
      speeds: [
        speed("wasm", "4.22.0", "float32", 95.4),
        speed("tensorflow", "2.21.0", "bfloat16", 894.2),
        speed("tensorflow", "2.21.0", "float32", 460),
      ],
    },
    line: "speed",
    status: "ok",
    text: new RegExp(
      "^images per second with squeezenet11 at 160: TensorFlow 2.21.0 460 in float32, 894 in bfloat16; " +
        "WebAssembly 4.22.0 95 in float32$",
    ),
  },
  {
    name: "the engine that auto uses is named with its device and the reason",
    facts: GOOD,
    line: "auto",
    status: "ok",
    text: /^--engine auto uses TensorFlow for DenseNet121 at 160 in float32: the usual one, because no engine was/,
  },
  {
    name: "the engine that auto uses is named with the speeds that decided",
    facts: {
      ...GOOD,
      auto: {
        ranking: { kind: "openvino", why: "the fastest of what was measured here", figures: "Figures." },
        size: 160,
      },
    },
    line: "auto",
    status: "ok",
    text: /^--engine auto uses OpenVINO for .*: the fastest of what was measured here\. Figures$/,
  },
  {
    name: "auto uses a GPU for which CUDA is set up before everything that was measured",
    facts: CUDA,
    line: "auto",
    status: "ok",
    text: /^--engine auto uses CUDA on NVIDIA H200: the first choice where an NVIDIA GPU can be used$/,
  },
  {
    name: "a usable GPU is named with its memory and driver, and that Headlight does not compute on it yet",
    facts: GPU,
    line: "GPU",
    status: "note",
    text: /^NVIDIA H200 \(150 GB\), driver 580\.159\.04; not used yet: the base is computed on the processor$/,
    remedy: /^To compute the base on it, run deno task engine cuda, which downloads 2\.08 GB$/,
  },
  {
    name: "a usable GPU beside a named TensorFlow that is not set up for CUDA is not used, with a remedy that works",
    facts: { ...GPU, cuda: { ...GPU.cuda, named: true } },
    line: "GPU",
    status: "note",
    text: /; not used with HEADLIGHT_TENSORFLOW: the base is computed on the processor$/,
    remedy:
      /^To compute the base on it, unset HEADLIGHT_TENSORFLOW and run deno task engine cuda, which downloads 2\.08 GB$/,
  },
  {
    name: "a GPU that WebGPU can use is named, with the option that uses it",
    facts: { ...GOOD, webgpu: { ...GOOD.webgpu, detection: { kind: "usable", adapter: RADEON } } },
    line: "WebGPU",
    status: "ok",
    text: /^AMD Radeon; --engine webgpu computes the base on it$/,
  },
  {
    name: "a software driver that was allowed for WebGPU is named as one",
    facts: { ...GOOD, webgpu: { ...GOOD.webgpu, detection: { kind: "usable", adapter: LLVMPIPE } } },
    line: "WebGPU",
    status: "note",
    text: /^llvmpipe, which computes on the processor; allowed by HEADLIGHT_WEBGPU_SOFTWARE$/,
  },
  {
    name: "a machine without any GPU lacks no driver for WebGPU, and the line says where the remedy is",
    facts: { ...GOOD, webgpu: { ...GOOD.webgpu, detection: { kind: "software", name: "llvmpipe" } } },
    line: "WebGPU",
    status: "ok",
    text:
      /^the only GPU that WebGPU finds is llvmpipe, a driver that computes on the processor\. If the machine has a GPU, deno task engine says what to do$/,
  },
  {
    name: "a machine with a GPU that WebGPU does not find lacks its driver",
    facts: { ...GOOD, webgpu: { ...GOOD.webgpu, hasGpu: true } },
    line: "WebGPU",
    status: "note",
    text: /libvulkan\.so\.1 was not found$/,
    remedy: /^Install libvulkan1 and the Vulkan driver of your GPU/,
  },
  {
    name: "a GPU's driver that hangs is not reported as a machine without a GPU",
    facts: { ...GOOD, webgpu: { ...GOOD.webgpu, detection: { kind: "hung", limitMs: 10_000 } } },
    line: "WebGPU",
    status: "note",
    text: /^the GPU's driver did not answer within 10 s$/,
    remedy: /^Run vulkaninfo/,
  },
  {
    name: "without an NVIDIA GPU there is nothing to fix, and the line says why none is found and where the remedy is",
    facts: GOOD,
    line: "GPU",
    status: "ok",
    text:
      /^none found, because there is no NVIDIA driver \(libcuda\.so\.1 was not found\); the base is computed on the processor\. If the machine has a GPU, deno task engine says what to do$/,
  },
  {
    name: "on macOS no NVIDIA GPU is looked for",
    facts: { ...GOOD, platform: "darwin-aarch64", cuda: { ...GOOD.cuda, detection: { kind: "other system" } } },
    line: "GPU",
    status: "ok",
    text:
      /^none looked for, because NVIDIA GPUs can only be used on Linux and in WSL2; the base is computed on the processor$/,
  },
  {
    name: "a GPU that cannot be used is explained with the remedy",
    facts: { ...GOOD, cuda: { ...GOOD.cuda, detection: { kind: "hidden", value: "-1", gpus: 1 } } },
    line: "GPU",
    status: "note",
    text: /^CUDA_VISIBLE_DEVICES=-1 hides the only GPU; the base is computed on the processor$/,
    remedy: /^Unset it, /,
  },
  {
    name: "a driver whose libcuda is missing is not reported as a machine without a GPU",
    facts: { ...GOOD, gpus: { names: ["NVIDIA H200"], problem: null } },
    line: "GPU",
    status: "note",
    text: /^NVIDIA H200; not usable, because libcuda\.so\.1 was not found: the base is computed on the processor$/,
    remedy: /^If the machine has an NVIDIA GPU, install NVIDIA's driver/,
  },
  {
    name: "a container that got only a part of the driver",
    facts: {
      ...GOOD,
      cuda: { ...GOOD.cuda, place: "container" },
      gpus: { names: ["NVIDIA H200"], problem: null },
    },
    line: "GPU",
    status: "note",
    text: /^NVIDIA H200; not usable, /,
    remedy: /NVIDIA_DRIVER_CAPABILITIES=compute,utility$/,
  },
  {
    name: "an engine for the processor is described as one",
    facts: GOOD,
    line: "engine",
    status: "ok",
    text: /^TensorFlow 2\.21\.0 for the processor, downloaded to /,
  },
  {
    name: "a CUDA build in Python is used on the processor as the TensorFlow engine",
    facts: CUDA_IN_PYTHON,
    line: "engine",
    status: "ok",
    text: /^TensorFlow 2\.21\.0 built for CUDA, from \/site\/tensorflow; used on the processor as this engine$/,
  },
  {
    name: "a GPU with a CUDA build whose libraries load",
    facts: CUDA,
    line: "GPU",
    status: "ok",
    text:
      /^NVIDIA H200 \(150 GB\), driver 580\.159\.04; computes the base with TensorFlow 2\.21\.0 for CUDA, whose libraries can all be loaded\. The first start on /,
  },
  {
    name: "a CUDA build that lacks a library names it",
    facts: {
      ...CUDA,
      cuda: {
        ...CUDA.cuda,
        detection: { kind: "libraries missing", libraries: [{ name: "libcudnn.so.9", why: null }] },
      },
    },
    line: "GPU",
    status: "note",
    text: /^CUDA libraries were not found: libcudnn\.so\.9; the base is computed on the processor$/,
    remedy: /^Install them with python3 -m pip install /,
  },
  {
    name: "a failing driver is not reported as a machine without a GPU",
    facts: { ...GOOD, gpus: { names: [], problem: "nvidia-smi does not answer" } },
    line: "GPU",
    status: "note",
    text: /^nvidia-smi does not answer; the base is computed on the processor$/,
    remedy: /^Run nvidia-smi /,
  },
  {
    name: "a container's memory limit counts",
    facts: { ...GOOD, memory: { total: 16e9, available: 12e9, limit: 1e9 } },
    line: "memory",
    status: "note",
    text: /12 GB of 16 GB available, limited to 1 GB by the control group/,
    remedy: /A run takes up to 1\.6 GB\./,
  },
  {
    name: "what other versions and killed processes left is named with their size and the command that removes them",
    facts: { ...GOOD, cache: { ...GOOD.cache, unusableBytes: 5e6 } },
    line: "cache",
    status: "note",
    text: /5 MB of it were left by other versions of Headlight or by killed processes/,
    remedy: /^deno task cache clear$/,
  },
  {
    name: "a cache that cannot be written stops training",
    facts: { ...GOOD, cache: { ...GOOD.cache, writable: false } },
    line: "cache",
    status: "missing",
    text: /\/cache is not writable/,
    remedy: /XDG_CACHE_HOME/,
    exit: 1,
  },
  {
    name: "missing weights are reported with the place where to put them",
    facts: { ...GOOD, weights: { ...GOOD.weights, there: false } },
    line: "weights",
    status: "note",
    text: /the first run downloads them \(29\.1 MB\), or uses random weights/,
    remedy: /copy the file to \/cache\/weights\/densenet121\.h5/,
  },
  {
    name: "missing data is reported with its files and their place",
    facts: { ...GOOD, data: { folder: "/data", missing: ["test_labels.npy"] } },
    line: "data",
    status: "note",
    text: /or uses the demo set/,
    remedy: /copy test_labels\.npy into \/data/,
  },
  {
    name: "without a terminal plain lines are printed",
    facts: { ...GOOD, terminal: { ...GOOD.terminal, tty: false } },
    line: "terminal",
    status: "note",
    text: /plain lines/,
  },
  {
    name: "a small terminal",
    facts: { ...GOOD, terminal: { ...GOOD.terminal, columns: 60, rows: 20 } },
    line: "terminal",
    status: "note",
    text: /60×20/,
    remedy: /80×24/,
  },
  {
    name: "a terminal without UTF-8, inside tmux, without colour",
    facts: { ...GOOD, terminal: { ...GOOD.terminal, utf8: false, noColor: true, multiplexer: "tmux" } },
    line: "terminal",
    status: "note",
    text: /no colour, ASCII, inside tmux$/,
    remedy: /LANG/,
  },
  {
    name: "a dumb terminal",
    facts: { ...GOOD, terminal: { ...GOOD.terminal, term: "dumb" } },
    line: "terminal",
    status: "note",
    text: /dumb/,
    remedy: /--plain/,
  },
  {
    name: "no place for sockets stops training",
    facts: { ...GOOD, sockets: { folder: "/run/user/0/headlight", writable: false } },
    line: "sockets",
    status: "missing",
    text: /is not writable/,
    remedy: /XDG_RUNTIME_DIR/,
    exit: 1,
  },
  {
    name: "a systemd that ends detached runs is reported",
    facts: { ...GOOD, session: { killsUserProcesses: true, slurmJob: null } },
    line: "logout",
    status: "note",
    text: /ends your processes when you log out/,
    remedy: /enable-linger once, and start runs with systemd-run --user --scope/,
  },
  {
    name: "inside Slurm",
    facts: { ...GOOD, session: { killsUserProcesses: false, slurmJob: "4711" } },
    line: "logout",
    status: "note",
    text: /Slurm job 4711/,
  },
];

for (const { name, facts, line, status, text, remedy, exit } of CASES) {
  Deno.test(`doctor: ${name}`, () => {
    const list = checks(facts);
    const check = list.find((candidate) => candidate.name === line);
    assert(check, `no line ${line}`);
    assert.equal(check.status, status);
    assert.match(check.text, text);
    if (remedy) assert.match(check.remedy ?? "", remedy);
    assert.equal(exitStatus(list), exit ?? 0);
  });
}

Deno.test("doctor names a network file system for cache and runs and what follows, and nothing for local disks", () => {
  const about = (holds: "cache" | "runs", network: string | null, lockLack: string | null) => {
    const list = checks({ ...GOOD, folders: [{ holds, path: "/shared/x", network, lockLack }] });
    const found = list.filter(({ name }) => name === "shared");
    return { status: found[0]?.status ?? null, text: found[0]?.text ?? "", exit: exitStatus(list) };
  };
  assert.equal(about("cache", null, null).status, null);
  assert.equal(about("runs", null, null).status, null);
  const nfs = about("cache", "nfs4", null);
  assert.equal(nfs.status, "ok");
  assert.match(
    nfs.text,
    /^cache: \/shared\/x is on nfs4, a network file system; all hosts that see it share the features/,
  );
  const lockless = about("cache", "lustre", "Function not implemented");
  assert.deepEqual([lockless.status, lockless.exit], ["note", 0]);
  assert.match(
    lockless.text,
    /cannot be locked \(Function not implemented\); processes may compute the same features twice/,
  );
  assert.match(about("runs", "nfs4", null).text, /watch, stop and checkpoint work from all hosts that see it/);
  const refused = about("runs", null, "No locks available");
  assert.deepEqual([refused.status, refused.exit], ["missing", 1]);
});

Deno.test("the report of doctor is aligned, with remedies below their lines and the conclusion last", () => {
  assert.deepEqual(
    report([
      { status: "ok", name: "Deno", text: "2.9.6" },
      { status: "missing", name: "cache", text: "/c cannot\x1b[31m be written", remedy: "mend it", blocks: true },
    ]),
    [
      "ok       Deno   2.9.6",
      "missing  cache  /c cannot be written",
      "                -> mend it",
      "",
      "Training cannot start until this is fixed: cache",
    ],
  );
  assert.equal(report([{ status: "ok", name: "Deno", text: "2.9.6" }]).at(-1), "Training can start: deno task train");
});
