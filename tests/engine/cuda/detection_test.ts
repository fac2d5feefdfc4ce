/** Tests what facts about NVIDIA's driver mean, and the words for it in each place. */
import assert from "node:assert/strict";
import { kernelsFor, TENSORFLOW_CUDA } from "../../../src/engine/cuda/build.ts";
import { detectionOf, type Obstacle } from "../../../src/engine/cuda/detection.ts";
import type { DriverFacts, GpuFacts } from "../../../src/engine/cuda/facts.ts";
import type { Place } from "../../../src/engine/cuda/place.ts";
import { obstacleLine } from "../../../src/engine/cuda/words.ts";

const A100: GpuFacts = {
  index: 0,
  name: "NVIDIA A100-SXM4-80GB",
  pciBusId: "0000:01:00.0",
  memoryBytes: 85_520_809_984,
  capability: { major: 8, minor: 0 },
  figures: null,
};
const H100: GpuFacts = { ...A100, index: 1, name: "NVIDIA H100 80GB HBM3", capability: { major: 9, minor: 0 } };
const RTX_5090: GpuFacts = { ...A100, index: 2, name: "RTX 5090", capability: { major: 12, minor: 0 } };

/** A machine with a usable GPU. */
const GOOD = {
  cuda: { opened: true, version: 13_000, failed: null, gpus: [A100] },
  nvml: { opened: true, code: 0, driver: "580.159.04", gpus: 1 },
  libraries: [],
  visibleDevices: null,
  deviceFile: { path: "/dev/nvidiactl", state: "there" },
} as const satisfies DriverFacts;

const detected = (facts: DriverFacts) => detectionOf(facts, TENSORFLOW_CUDA, OPENED);
const OPENED = { libcuda: "libcuda.so.1", libnvml: "libnvidia-ml.so.1", searchPath: "/lib/own:/my libraries" };

/** Facts of a driver whose cuInit fails. */
function failing(code: number, more: Partial<DriverFacts> = {}): DriverFacts {
  return { ...GOOD, ...more, cuda: { ...GOOD.cuda, gpus: [], failed: { call: "cuInit", code, name: null } } };
}

Deno.test("a build's kernels are machine code up to 8.9, PTX for 9.0, and nothing below 6.0 or from 10.0 on", () => {
  const kernels = (text: string) => {
    const [major = 0, minor = 0] = text.split(".").map(Number);
    return kernelsFor({ major, minor }, TENSORFLOW_CUDA);
  };
  for (const old of ["3.5", "5.0", "5.2"]) assert.equal(kernels(old), "too low", old);
  for (const known of ["6.0", "6.1", "7.0", "7.5", "8.0", "8.6", "8.9"]) assert.equal(kernels(known), "binary", known);
  assert.equal(kernels("9.0"), "ptx");
  for (const later of ["10.0", "12.0", "12.1"]) assert.equal(kernels(later), "too new", later);
});

for (const code of [100, 101, 304, 999]) {
  Deno.test(`error ${code} of the driver is explained by a device file that is missing or cannot be opened`, () => {
    const at = (state: "missing" | "denied") =>
      detected(failing(code, { deviceFile: { path: "/dev/nvidiactl", state } }));
    assert.deepEqual(at("missing"), { kind: "no device file", path: "/dev/nvidiactl" });
    assert.deepEqual(at("denied"), { kind: "no permission", path: "/dev/nvidiactl" });
  });
}

Deno.test("a missing device file does not explain other errors of the driver", () => {
  const facts = failing(803, { deviceFile: { path: "/dev/nvidiactl", state: "missing" } });
  assert.deepEqual(detected(facts), { kind: "call failed", failed: { call: "cuInit", code: 803, name: null } });
});

Deno.test("a driver that starts but counts no GPU is like one that finds none", () => {
  const none: DriverFacts = { ...GOOD, cuda: { ...GOOD.cuda, gpus: [] } };
  assert.deepEqual(detected(none), { kind: "no gpu" });
  assert.deepEqual(detected({ ...none, visibleDevices: "7" }), { kind: "hidden", value: "7", gpus: 1 });
  const silent: DriverFacts = { ...none, visibleDevices: "7", nvml: { opened: false, why: "none" } };
  assert.deepEqual(detected(silent), { kind: "hidden", value: "7", gpus: null });
});

Deno.test("a missing device file is not blamed on CUDA_VISIBLE_DEVICES", () => {
  const facts = failing(100, { visibleDevices: "0", deviceFile: { path: "/dev/nvidiactl", state: "missing" } });
  assert.equal(detected(facts).kind, "no device file");
});

Deno.test("of several reasons the one that must be dealt with first is given", () => {
  const libraries = [{ name: "libcudnn.so.9", why: "libcudnn.so.9: cannot open shared object file: No such file" }];
  const nvml = { opened: false, why: "gone" } as const;
  const facts = (gpus: readonly GpuFacts[], version = 13_000): DriverFacts => ({
    ...GOOD,
    libraries,
    cuda: { ...GOOD.cuda, version, gpus: [...gpus] },
  });
  assert.equal(detected({ ...facts([RTX_5090], 11_080), nvml }).kind, "driver too old");
  assert.equal(detected({ ...facts([RTX_5090]), nvml }).kind, "no nvml");
  // The libraries are 2 GB, which a GPU that cannot be used must not cost.
  assert.equal(detected(facts([RTX_5090])).kind, "capability too new");
  assert.equal(detected(facts([A100])).kind, "libraries missing");
});

Deno.test("a GPU that waits for a newer driver is named, and does not stop another from being used", () => {
  const cuda = (gpus: GpuFacts[]): DriverFacts => ({ ...GOOD, cuda: { ...GOOD.cuda, version: 12_020, gpus } });
  const why = {
    kind: "driver too old",
    driver: "580.159.04",
    cuda: 12_020,
    needs: { cuda: 12_050, driver: "555.42.02" },
    gpu: H100.name,
  };
  assert.deepEqual(detected(cuda([RTX_5090, H100])), why);
  const mixed = detected(cuda([A100, H100]));
  assert.ok(mixed.kind === "usable");
  assert.deepEqual([mixed.gpus.map(({ name }) => name), mixed.others], [[A100.name], [why]]);
});

Deno.test("a library that only lacks another one is not said to be missing itself", () => {
  const why = "libnvJitLink.so.12: cannot open shared object file: No such file or directory";
  const libraries = [{ name: "libnvJitLink.so.12", why }, { name: "libcusolver.so.11", why }];
  assert.deepEqual(detected({ ...GOOD, libraries }), {
    kind: "libraries missing",
    libraries: [{ name: "libnvJitLink.so.12", why: null }, { name: "libcusolver.so.11", why }],
  });
});

/** Each obstacle with the start of its line, which is the same everywhere, and its remedy in each place. */
const WORDS: readonly {
  readonly obstacle: Obstacle;
  readonly problem: RegExp;
  readonly remedies: Readonly<Record<Place, RegExp>>;
}[] = [
  {
    obstacle: { kind: "no driver" },
    problem: /^there is no NVIDIA driver here: libcuda\.so\.1 was not found\. /,
    remedies: {
      linux: /install NVIDIA's driver, version 525\.60\.13 or newer\.$/,
      wsl2: /install NVIDIA's driver in Windows, and none inside WSL2\.$/,
      container: /Start the container with access to the GPU \(docker run --gpus all; .*\)\.$/,
    },
  },
  {
    obstacle: { kind: "driver does not load", why: "file too short" },
    problem: /^the NVIDIA driver's libcuda\.so\.1 cannot be loaded: file too short\. /,
    remedies: { linux: /Install NVIDIA's driver again\.$/, wsl2: /in Windows/, container: /docker run --gpus all/ },
  },
  {
    obstacle: { kind: "not a driver", path: "/usr/lib/libcuda.so.1", why: "invalid ELF header", onSearchPath: false },
    problem: /^\/usr\/lib\/libcuda\.so\.1 is not a library of NVIDIA's driver, or only a part of one: invalid ELF/,
    remedies: {
      linux: /Install NVIDIA's driver again\.$/,
      wsl2: /in Windows/,
      container: /Remove this file from the container's image\. Start .*docker run --gpus all/,
    },
  },
  {
    obstacle: { kind: "not a driver", path: "/my/libs/libcuda.so.1", why: "file too short", onSearchPath: true },
    problem:
      /^\/my\/libs\/libcuda\.so\.1 is not a library of NVIDIA's driver, or only a part of one: file too short\. /,
    remedies: {
      linux: /LD_LIBRARY_PATH/,
      wsl2: /LD_LIBRARY_PATH/,
      container: /LD_LIBRARY_PATH names \/my\/libs\. Rem/,
    },
  },
  {
    obstacle: { kind: "driver too old", driver: null, cuda: 11_040, needs: TENSORFLOW_CUDA.driver, gpu: null },
    problem:
      /^the NVIDIA driver is too old: it supports CUDA 11\.4, and TensorFlow 2\.21\.0 needs .* for 12\.0 or newer\. /,
    remedies: {
      linux: /Install version 525\.60\.13 or newer of the driver\.$/,
      wsl2: /Install the newest NVIDIA driver in Windows\.$/,
      container: /Install version 525\.60\.13 or newer of the driver on the host\.$/,
    },
  },
  {
    obstacle: { kind: "no device file", path: "/dev/nvidiactl" },
    problem: /^\/dev\/nvidiactl does not exist, so the NVIDIA driver reaches no GPU\. /,
    remedies: { linux: /sudo modprobe nvidia, /, wsl2: /Run wsl --update in Windows/, container: /--gpus all/ },
  },
  {
    obstacle: { kind: "no permission", path: "/dev/nvidiactl" },
    problem: /^\/dev\/nvidiactl cannot be opened, so the NVIDIA driver reaches no GPU\. /,
    remedies: {
      linux: /--gres=gpu:1.* ls -l \/dev\/nvidiactl /,
      wsl2: /readable and writable/,
      container: /--gpus all/,
    },
  },
  {
    obstacle: { kind: "no gpu" },
    problem: /^the NVIDIA driver finds no GPU\. /,
    remedies: { linux: /lspci\.$/, wsl2: /Run nvidia-smi in Windows/, container: /--gpus all/ },
  },
  {
    obstacle: { kind: "call failed", failed: { call: "cuInit", code: 803, name: null } },
    problem:
      /^the driver's libcuda\.so\.1 has another version than the driver's kernel module \(cuInit returned 803\)\. /,
    remedies: { linux: /Restart the machine/, wsl2: /wsl --shutdown/, container: /Start the container again/ },
  },
  {
    obstacle: { kind: "call failed", failed: { call: "cuInit", code: 999, name: "CUDA_ERROR_UNKNOWN" } },
    problem: /^the driver's libcuda\.so\.1 reports an unknown error \(cuInit returned 999, CUDA_ERROR_UNKNOWN\)\. /,
    remedies: { linux: /sudo modprobe nvidia_uvm\./, wsl2: /wsl --shutdown/, container: /restart the host/ },
  },
  {
    obstacle: { kind: "no nvml", why: "not found" },
    problem:
      /^the NVIDIA driver's libnvidia-ml\.so\.1, which TensorFlow 2\.21\.0 needs, cannot be loaded: not found\. /,
    remedies: {
      linux: /apt install libnvidia-ml1/,
      wsl2: /in Windows/,
      container: /-e NVIDIA_DRIVER_CAPABILITIES=compute,utility\.$/,
    },
  },
  {
    obstacle: { kind: "hung", limitMs: 30_000 },
    problem: /^the NVIDIA driver did not answer within 30 s\. /,
    remedies: { linux: /nvidia-smi/, wsl2: /wsl --shutdown/, container: /Run nvidia-smi on the host/ },
  },
  {
    obstacle: { kind: "crashed", signal: "SIGSEGV", step: null },
    problem: /^the NVIDIA driver crashed with SIGSEGV\. /,
    remedies: { linux: /nvidia-smi/, wsl2: /wsl --shutdown/, container: /Run nvidia-smi on the host/ },
  },
  {
    obstacle: { kind: "failed", why: "exit status 1" },
    problem: /^the NVIDIA driver could not be tested: exit status 1\. /,
    remedies: { linux: /nvidia-smi/, wsl2: /wsl --shutdown/, container: /Run nvidia-smi on the host/ },
  },
];

for (const { obstacle, problem, remedies } of WORDS) {
  const what = obstacle.kind === "call failed" ? `error ${obstacle.failed.code}` : obstacle.kind;
  Deno.test(`the words for "${what}" are one line with the remedy for Linux, WSL2 or a container`, () => {
    for (const place of ["linux", "wsl2", "container"] as const) {
      const line = obstacleLine(obstacle, place);
      assert.match(line, problem);
      assert.match(line, remedies[place]);
      assert.doesNotMatch(line, /\n|\.\.$/);
    }
  });
}

Deno.test("names and messages of a driver are shown without control characters", () => {
  const gpu = { ...RTX_5090, name: "RTX\x1b[31m 5090" };
  assert.match(obstacleLine({ kind: "capability too new", gpu }, "linux"), /^RTX 5090 has compute capability 12\.0, /);
});
