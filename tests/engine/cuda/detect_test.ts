/** Tests the search for a usable NVIDIA GPU with stand-ins for the driver's libraries, in real processes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TENSORFLOW_CUDA } from "../../../src/engine/cuda/build.ts";
import { detectGpus, type DetectOptions } from "../../../src/engine/cuda/detect.ts";
import type { Detection } from "../../../src/engine/cuda/detection.ts";
import { libraryPaths } from "../../../src/engine/cuda/find_library.ts";
import { obstacleLine, remarks, usableText } from "../../../src/engine/cuda/words.ts";
import { PROJECT_ROOT } from "../../../src/paths.ts";
import { programArgs } from "../../../src/program.ts";
import { eventually, isAlive } from "../../process.ts";
import { needs, withTemporaryFolder } from "../../support.ts";
import { CAN_STAND_IN, compileStandIns, STAND_INS_NEED, type StandIns } from "./stand_ins.ts";

/** Registers a test that gets compiled stand-ins. */
function standInTest(name: string, body: (stand: StandIns, folder: string) => Promise<void>): void {
  Deno.test({
    name: CAN_STAND_IN ? name : name + needs(STAND_INS_NEED),
    ignore: !CAN_STAND_IN,
    fn: () => withTemporaryFolder((folder) => body(compileStandIns(folder), folder)),
  });
}

/** The stand-ins as options: a machine with a usable GPU. */
function good({ libcuda, libnvml, devices, libraries }: StandIns): DetectOptions {
  return { libcuda, libnvml, devices, libraries };
}

/** Environment variables, with CUDA_VISIBLE_DEVICES so that the machine's own value does not count. */
function withVisible(env: DetectOptions["env"] = {}): Record<string, string> {
  return { CUDA_VISIBLE_DEVICES: "0", ...env };
}

/** The line for a person: the GPUs and remarks, or the obstacle. */
function line(detection: Detection): string {
  if (detection.kind !== "usable") return obstacleLine(detection, "linux");
  return [usableText(detection), ...remarks(detection, "linux")].join(". ");
}

const AGAIN = "Run nvidia-smi to see whether the driver works. If it was updated, restart the machine.";

interface Case {
  readonly name: string;
  /** What differs from the machine with a usable GPU. */
  readonly but: (stand: StandIns, folder: string) => DetectOptions;
  readonly kind: Detection["kind"];
  /** STAND is the folder of the stand-ins. */
  readonly line: string;
}

const env = (values: Readonly<Record<string, string>>) => () => ({ env: values });

/** Puts a file with a library's name into a folder of LD_LIBRARY_PATH: a text, or the beginning of another file. */
function searched(folder: string, name: string, from?: string, bytes?: number): Record<string, string> {
  const own = join(folder, "own");
  Deno.mkdirSync(own);
  const content = from === undefined ? new TextEncoder().encode("no library") : Deno.readFileSync(from);
  Deno.writeFileSync(join(own, name), content.subarray(0, bytes));
  return { LD_LIBRARY_PATH: own };
}

const CASES: readonly Case[] = [
  {
    name: "a GPU that the build has machine code for is usable",
    but: () => ({}),
    kind: "usable",
    line: "Fake A100 (8.59 GB), driver 580.159.04",
  },
  {
    name: "an old libnvidia-ml without figures is enough",
    but: ({ oldLibnvml }) => ({ libnvml: oldLibnvml }),
    kind: "usable",
    line: "Fake A100 (8.59 GB), driver 580.159.04",
  },
  {
    name: "a libnvidia-ml that does not start leaves the driver's version unknown",
    but: env({ FAKE_NVML_INIT: "9" }),
    kind: "usable",
    line: "Fake A100 (8.59 GB)",
  },
  {
    name: "equal GPUs are counted",
    but: env({ FAKE_GPUS: "Fake A100/8.0,Fake A100/8.0,Fake T4/7.5" }),
    kind: "usable",
    line: "2 × Fake A100 (8.59 GB), Fake T4 (8.59 GB), driver 580.159.04",
  },
  {
    name: "an H100 is usable, with the remark that the driver compiles kernels from PTX at the first start",
    but: env({ FAKE_GPUS: "Fake H100/9.0" }),
    kind: "usable",
    line: "Fake H100 (8.59 GB), driver 580.159.04. The first start on Fake H100 takes longer, because the driver " +
      "compiles kernels that TensorFlow 2.21.0 has only as PTX.",
  },
  {
    name: "a GPU that is too new does not stop another from being used",
    but: env({ FAKE_GPUS: "Fake RTX 5090/12.0,Fake T4/7.5" }),
    kind: "usable",
    line: "Fake T4 (8.59 GB), driver 580.159.04. One more GPU cannot be used: Fake RTX 5090 has compute capability " +
      "12.0, which is too new for TensorFlow 2.21.0 (tensorflow/tensorflow#89272).",
  },
  {
    name: "without libcuda there is no driver",
    but: (_, folder) => ({ libcuda: join(folder, "nowhere", "libcuda.so.1") }),
    kind: "no driver",
    line: "there is no NVIDIA driver here: libcuda.so.1 was not found. If the machine has an NVIDIA GPU, install " +
      "NVIDIA's driver, version 525.60.13 or newer.",
  },
  {
    name: "a libcuda that is no library",
    but: ({ broken }) => ({ libcuda: broken }),
    kind: "not a driver",
    line: "STAND/broken.so is not a library of NVIDIA's driver, or only a part of one: file too short. Install " +
      "NVIDIA's driver again.",
  },
  {
    name: "a text file with libcuda's name in LD_LIBRARY_PATH",
    but: (_, folder) => ({ libcuda: "libcuda.so.1", env: searched(folder, "libcuda.so.1") }),
    kind: "not a driver",
    line: "STAND/own/libcuda.so.1 is not a library of NVIDIA's driver, or only a part of one: file too short. " +
      "LD_LIBRARY_PATH names STAND/own. Remove it there, so that the driver's own libcuda.so.1 is found.",
  },
  {
    name: "a library without the driver's functions under libcuda's name in LD_LIBRARY_PATH",
    but: ({ other }, folder) => ({ libcuda: "libcuda.so.1", env: searched(folder, "libcuda.so.1", other) }),
    kind: "not a driver",
    line: "STAND/own/libcuda.so.1 is not a library of NVIDIA's driver, or only a part of one: it lacks " +
      "functions. LD_LIBRARY_PATH names STAND/own. Remove it there, so that the driver's own libcuda.so.1 is found.",
  },
  {
    name: "a libcuda of which only the beginning was copied",
    but: ({ libcuda }, folder) => ({
      libcuda: "libcuda.so.1",
      env: searched(folder, "libcuda.so.1", libcuda, 5000),
    }),
    kind: "not a driver",
    line: "STAND/own/libcuda.so.1 is not a library of NVIDIA's driver, or only a part of one: file truncated. " +
      "LD_LIBRARY_PATH names STAND/own. Remove it there, so that the driver's own libcuda.so.1 is found.",
  },
  {
    name: "a text file with libnvidia-ml's name in LD_LIBRARY_PATH",
    but: (_, folder) => ({ libnvml: "libnvidia-ml.so.1", env: searched(folder, "libnvidia-ml.so.1") }),
    kind: "not a driver",
    line: "STAND/own/libnvidia-ml.so.1 is not a library of NVIDIA's driver, or only a part of one: file too short. " +
      "LD_LIBRARY_PATH names STAND/own. Remove it there, so that the driver's own libnvidia-ml.so.1 is found.",
  },
  {
    name: "a driver too old for any CUDA 12",
    but: env({ FAKE_VERSION: "11040", FAKE_DRIVER: "470.57.02" }),
    kind: "driver too old",
    line: "the NVIDIA driver 470.57.02 is too old: it supports CUDA 11.4, and TensorFlow 2.21.0 needs a driver for " +
      "12.0 or newer. Install version 525.60.13 or newer of the driver.",
  },
  {
    name: "a driver for CUDA 12.4 is enough for machine code",
    but: env({ FAKE_VERSION: "12040", FAKE_DRIVER: "550.54.14" }),
    kind: "usable",
    line: "Fake A100 (8.59 GB), driver 550.54.14",
  },
  {
    name: "a driver for CUDA 12.4 is too old for a GPU whose kernels are PTX of CUDA 12.5",
    but: env({ FAKE_VERSION: "12040", FAKE_DRIVER: "550.54.14", FAKE_GPUS: "Fake H100/9.0" }),
    kind: "driver too old",
    line: "the NVIDIA driver 550.54.14 is too old: it supports CUDA 12.4, and TensorFlow 2.21.0 needs a driver for " +
      "12.5 or newer on Fake H100. Install version 555.42.02 or newer of the driver.",
  },
  {
    name: "a missing device file",
    but: (_, folder) => ({ devices: join(folder, "nowhere"), env: { FAKE_INIT: "100" } }),
    kind: "no device file",
    line: "STAND/nowhere/nvidiactl does not exist, so the NVIDIA driver reaches no GPU. Run sudo modprobe nvidia, " +
      "which loads the driver's kernel module, or restart the machine.",
  },
  {
    name: "a driver that finds no GPU",
    but: env({ FAKE_GPUS: "", FAKE_NVML_GPUS: "0" }),
    kind: "no gpu",
    line: "the NVIDIA driver finds no GPU. Run nvidia-smi, and look for the GPU in the output of lspci.",
  },
  {
    name: "CUDA_VISIBLE_DEVICES=-1 hides the GPU and is named with its value",
    but: env({ CUDA_VISIBLE_DEVICES: "-1" }),
    kind: "hidden",
    line: "CUDA_VISIBLE_DEVICES=-1 hides the only GPU. Unset it, or set it to the number of a GPU (0 is the first). " +
      "In a batch job, request a GPU.",
  },
  {
    name: "an empty CUDA_VISIBLE_DEVICES hides all GPUs",
    but: env({ CUDA_VISIBLE_DEVICES: "", FAKE_NVML_GPUS: "8" }),
    kind: "hidden",
    line: 'CUDA_VISIBLE_DEVICES="" hides all 8 GPUs. Unset it, or set it to the number of a GPU (0 is the first). ' +
      "In a batch job, request a GPU.",
  },
  {
    name: "CUDA_VISIBLE_DEVICES is not blamed on a machine without a GPU",
    but: env({ CUDA_VISIBLE_DEVICES: "-1", FAKE_NVML_GPUS: "0" }),
    kind: "no gpu",
    line: "the NVIDIA driver finds no GPU. Run nvidia-smi, and look for the GPU in the output of lspci.",
  },
  {
    name: "a mismatch between libcuda and the kernel module (803)",
    but: env({ FAKE_INIT: "803" }),
    kind: "call failed",
    line: "the driver's libcuda.so.1 has another version than the driver's kernel module (cuInit returned 803, " +
      "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH). Restart the machine, which loads the kernel module of the installed version.",
  },
  {
    name: "the toolkit's stub of libcuda (34)",
    but: env({ FAKE_INIT: "34" }),
    kind: "call failed",
    line: "the driver's libcuda.so.1 is the CUDA toolkit's stub, which only serves to link programs (cuInit returned " +
      "34). Remove the toolkit's folder stubs from LD_LIBRARY_PATH.",
  },
  {
    name: "an unknown error of the driver (999)",
    but: env({ FAKE_INIT: "999" }),
    kind: "call failed",
    line:
      "the driver's libcuda.so.1 reports an unknown error (cuInit returned 999). Run sudo modprobe nvidia_uvm. If " +
      "that does not help, as after a suspend, restart the machine.",
  },
  {
    name: "a code without words of its own is given as a number",
    but: env({ FAKE_INIT: "777" }),
    kind: "call failed",
    line: `NVIDIA's driver failed (cuInit returned 777). ${AGAIN}`,
  },
  {
    name: "a missing libnvidia-ml, without which TensorFlow registers no GPU",
    but: () => ({ libnvml: "libnvidia-ml-nowhere.so.1" }),
    kind: "no nvml",
    line: "the NVIDIA driver's libnvidia-ml.so.1, which TensorFlow 2.21.0 needs, cannot be loaded: " +
      "libnvidia-ml-nowhere.so.1: cannot open shared object file: No such file or directory. Install it (Debian: apt " +
      "install libnvidia-ml1), or install NVIDIA's driver again.",
  },
  {
    name: "a library that cannot be loaded is named with the loader's reason",
    but: ({ libraries, broken }) => ({ libraries: [...libraries, broken] }),
    kind: "libraries missing",
    line: "broken.so cannot be loaded: STAND/broken.so: file too short. Install them with python3 -m pip install " +
      "'tensorflow[and-cuda]==2.21.0', or add their folder to LD_LIBRARY_PATH.",
  },
  {
    name: "a GPU of too low a compute capability",
    but: env({ FAKE_GPUS: "Fake GTX 960/5.2" }),
    kind: "capability too low",
    line: "Fake GTX 960 has compute capability 5.2, and TensorFlow 2.21.0 needs 6.0 or higher. Use " +
      "--engine webgpu, --engine tensorflow, or another GPU.",
  },
  {
    name: "a GPU that is too new for the build",
    but: env({ FAKE_GPUS: "Fake RTX 5090/12.0" }),
    kind: "capability too new",
    line: "Fake RTX 5090 has compute capability 12.0, which is too new for TensorFlow 2.21.0 " +
      "(tensorflow/tensorflow#89272). Use --engine webgpu, --engine tensorflow, or another GPU.",
  },
  {
    name: "a driver that crashes ends only the child process",
    but: env({ FAKE_INIT: "crash" }),
    kind: "crashed",
    line: `the NVIDIA driver crashed with SIGSEGV in the step cuInit. ${AGAIN}`,
  },
  {
    name: "a driver that ends its process",
    but: env({ FAKE_INIT: "exit" }),
    kind: "failed",
    line: `the NVIDIA driver could not be tested: exit status 3. ${AGAIN}`,
  },
  {
    name: "what a driver prints does not disturb the answer",
    but: env({ FAKE_OUTPUT: '{"cuda": "loud"}' }),
    kind: "usable",
    line: "Fake A100 (8.59 GB), driver 580.159.04",
  },
  {
    name: "a driver that aborts ends only the child process",
    but: env({ FAKE_INIT: "abort" }),
    kind: "crashed",
    line: `the NVIDIA driver crashed with SIGABRT in the step cuInit. ${AGAIN}`,
  },
];

for (const { name, but, kind, line: expected } of CASES) {
  standInTest(`CUDA: ${name}`, async (stand, folder) => {
    const options = { ...good(stand), ...but(stand, folder) };
    const detection = await detectGpus({ ...options, env: withVisible(options.env) });
    assert.equal(line(detection).replaceAll(folder, "STAND"), expected);
    assert.equal(detection.kind, kind);
  });
}

for (const missing of TENSORFLOW_CUDA.libraries) {
  standInTest(`CUDA: a missing ${missing} is named`, async (stand) => {
    await Deno.remove(stand.libraries.find((path) => path.endsWith(`/${missing}`)) ?? "");
    assert.equal(
      line(await detectGpus({ ...good(stand), env: withVisible() })),
      `CUDA libraries were not found: ${missing}. Install them with python3 -m pip install ` +
        "'tensorflow[and-cuda]==2.21.0', or add their folder to LD_LIBRARY_PATH.",
    );
  });
}

standInTest("CUDA: a GPU is described with memory, compute capability and what it is doing", async (stand) => {
  const detection = await detectGpus({ ...good(stand), env: withVisible({ FAKE_GPUS: "Fake L4/8.9,Fake T4/7.5" }) });
  assert.ok(detection.kind === "usable");
  const common = { memoryBytes: 8 * 1024 ** 3, kernels: "binary" };
  assert.deepEqual(detection.gpus, [
    {
      ...common,
      index: 0,
      name: "Fake L4",
      pciBusId: "0000:01:00.0",
      capability: { major: 8, minor: 9 },
      figures: {
        utilizationPercent: 97,
        memoryUsedBytes: 2 * 1024 ** 3,
        memoryTotalBytes: 8 * 1024 ** 3,
        temperatureCelsius: 64,
        powerWatts: 387.51,
      },
    },
    // The stand-in for libnvidia-ml knows only the first GPU's address.
    {
      ...common,
      index: 1,
      name: "Fake T4",
      pciBusId: "0000:02:00.0",
      capability: { major: 7, minor: 5 },
      figures: null,
    },
  ]);
});

standInTest("CUDA: an old libnvidia-ml gives null for each figure that it does not know", async (stand) => {
  const detection = await detectGpus({ ...good(stand), libnvml: stand.oldLibnvml, env: withVisible() });
  assert.ok(detection.kind === "usable");
  assert.deepEqual(detection.gpus[0].figures, {
    utilizationPercent: null,
    memoryUsedBytes: null,
    memoryTotalBytes: null,
    temperatureCelsius: null,
    powerWatts: null,
  });
});

standInTest("CUDA: libraries are found by LD_LIBRARY_PATH, for the driver and for the others", async (stand) => {
  const folders = [stand.driver, ...new Set(stand.libraries.map((path) => join(path, "..")))];
  const detection = await detectGpus({
    devices: stand.devices,
    libraries: libraryPaths(TENSORFLOW_CUDA.libraries, []),
    env: withVisible({ LD_LIBRARY_PATH: folders.join(":") }),
  });
  assert.equal(line(detection), "Fake A100 (8.59 GB), driver 580.159.04");
});

/** Returns the processes that ask a stand-in's driver. */
function askers(stand: StandIns): number[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const args = Deno.readTextFileSync(`/proc/${name}/cmdline`).split("\0");
      return args.includes(stand.libcuda) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

standInTest("CUDA: a driver that hangs and ignores SIGTERM is killed after the limit and said so", async (stand) => {
  const asked = detectGpus({ ...good(stand), env: { FAKE_INIT: "hang" }, limitMs: 3000 });
  await eventually("the process that asks", () => askers(stand).length === 1, 20_000);
  const [pid = 0] = askers(stand);
  const detection = await asked;
  assert.equal(line(detection), `the NVIDIA driver did not answer within 3 s. ${AGAIN}`);
  await eventually("the end of the process", () => !isAlive(pid), 5000);
});

standInTest("CUDA: the search ends with the signal's reason when it is aborted", async (stand) => {
  const control = new AbortController();
  const asked = detectGpus({ ...good(stand), env: { FAKE_INIT: "hang" }, signal: control.signal });
  const rejected = assert.rejects(asked, /no longer needed/);
  await eventually("the process that asks", () => askers(stand).length === 1, 20_000);
  control.abort(new Error("no longer needed"));
  await rejected;
  await eventually("the end of the process", () => askers(stand).length === 0, 5000);
});

standInTest("CUDA: a process that asks ends by itself if the one that started it has gone", async (stand) => {
  const script = fileURLToPath(new URL("../../../src/engine/cuda/try_driver.ts", import.meta.url));
  const { signal } = await new Deno.Command(Deno.execPath(), {
    args: programArgs(script, "2", stand.devices, stand.libcuda, stand.libnvml),
    env: { FAKE_INIT: "hang" },
    stdout: "null",
    stderr: "null",
  }).output();
  assert.equal(signal, "SIGALRM");
});

Deno.test("CUDA: where there is no driver no process is started", () =>
  withTemporaryFolder(async (folder) => {
    const module = new URL("../../../src/engine/cuda/detect.ts", import.meta.url);
    const script = join(folder, "detect.ts");
    const call = `await detectGpus({ os: "linux", libcuda: "/nowhere/libcuda.so.1" })`;
    Deno.writeTextFileSync(script, `import { detectGpus } from "${module}";\nconsole.log((${call}).kind);\n`);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      // Without --allow-run.
      args: ["run", "--no-prompt", "--no-lock", "--config", join(PROJECT_ROOT, "deno.json"), "-R", "-E", script],
    }).output();
    assert.equal(new TextDecoder().decode(stdout), "no driver\n", new TextDecoder().decode(stderr));
  }));

Deno.test("CUDA: on macOS and Windows nothing is looked for", async () => {
  for (const os of ["darwin", "windows"] as const) {
    const detection = await detectGpus({ os, libcuda: "/nowhere" });
    assert.equal(line(detection), "NVIDIA GPUs can only be used on Linux and in WSL2. Compute on the processor.");
  }
});
