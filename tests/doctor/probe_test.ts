import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { memoryLimit } from "../../src/doctor/linux.ts";
import { processorFeatures } from "../../src/engine/processor.ts";
import { isInstalled } from "../../src/engine/cuda/find_library.ts";
import { libraryNames } from "../../src/engine/tensorflow/wheel.ts";
import { platformName } from "../../src/engine/wheels/pinned.ts";
import { killsUserProcesses } from "../../src/doctor/logind.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { CAN_STAND_IN, compileStandIns, STAND_INS_NEED } from "../engine/cuda/stand_ins.ts";
import { needs, withTemporaryFolder } from "../support.ts";

Deno.test("doctor reads processor features from the flags in /proc/cpuinfo as whole words", () => {
  const cpuinfo = "processor\t: 0\nflags\t\t: fpu avx2 fma avx512f avx512_bf16 amx_tile amx_bf16\nbugs\t: none\n";
  assert.deepEqual(processorFeatures(cpuinfo), ["AVX2", "FMA", "AVX-512", "AVX512_BF16", "AMX_BF16"]);
  assert.deepEqual(processorFeatures("flags : fpu avx avx2x fma4"), []);
  assert.deepEqual(processorFeatures(""), []);
});

Deno.test("doctor reads the memory limit of a control group", () => {
  assert.equal(memoryLimit("2147483648\n", 16e9), 2147483648);
  assert.equal(memoryLimit("max\n", 16e9), null);
  assert.equal(memoryLimit("9223372036854771712\n", 16e9), null);
  assert.equal(memoryLimit("", 16e9), null);
});

const SESSION = "0::/user.slice/user-1000.slice/session-3.scope\n";
const MANAGER = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-r1.scope\n";

for (
  const [name, files, cgroup, lingers, expected] of [
    ["not set", ["[Login]\n#KillUserProcesses=yes\n"], SESSION, false, false],
    ["set", ["[Login]\nKillUserProcesses=yes\n"], SESSION, false, true],
    ["set, although the user lingers", ["KillUserProcesses = yes"], SESSION, true, true],
    ["set, but in a scope of a lingering user's manager", ["KillUserProcesses=yes"], MANAGER, true, false],
    ["not set, but in a scope of the manager of a user who does not linger", [], MANAGER, false, true],
    ["overridden by a later file", ["KillUserProcesses=yes", "KillUserProcesses=no"], SESSION, false, false],
    ["no control groups", ["KillUserProcesses=yes"], "", false, true],
  ] as const
) {
  Deno.test(`doctor knows whether systemd ends detached runs: KillUserProcesses ${name}`, () => {
    assert.equal(killsUserProcesses(files, cgroup, lingers), expected);
  });
}

/** Runs doctor with an empty cache and `env` added. Returns its report and its exit status. */
async function runDoctor(folder: string, env: Record<string, string> = {}): Promise<{ text: string; status: number }> {
  const script = join(PROJECT_ROOT, "src", "commands", "doctor.ts");
  const code = `const { doctor } = await import(${JSON.stringify(script)}); Deno.exit(await doctor(console.log));`;
  const { code: status, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", join(PROJECT_ROOT, "deno.json"), code],
    env: { XDG_CACHE_HOME: folder, XDG_RUNTIME_DIR: folder, ...env },
  }).output();
  return { text: new TextDecoder().decode(stdout), status };
}

Deno.test("doctor on the real machine reports every subject, writes nothing and exits with 0", () =>
  withTemporaryFolder(async (folder) => {
    const { text, status } = await runDoctor(folder);
    for (const name of ["Deno", "engine", "processor", "memory", "cache", "weights", "data", "terminal"]) {
      assert.match(text, new RegExp(`^(?:ok|note|missing) +${name} +\\S`, "m"));
    }
    assert.match(text, /Training can start: deno task train\n$/);
    assert.equal(status, 0);
    assert.equal(existsSync(join(folder, "headlight")), false, "neither cache nor sockets");
  }));

/** Creates a folder for PATH whose nvidia-smi runs this shell script. */
function fakeSmi(folder: string, script: string): string {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "nvidia-smi"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return `${bin}:${Deno.env.get("PATH")}`;
}

/** With a driver, doctor asks that one and not nvidia-smi. */
const HAS_DRIVER = isInstalled("libcuda.so.1", Deno.env.get("LD_LIBRARY_PATH") ?? "");

const H100 = new URL("../fixtures/nvidia_smi/one_h100_idle.csv", import.meta.url).pathname;

for (
  const [what, script, line] of [
    ["a recorded answer names its GPU", `cat '${H100}'`, /GPU +NVIDIA H100 80GB HBM3; /],
    [
      "the message of a failing driver is shown verbatim",
      "echo 'Failed to initialize NVML: Driver/library version mismatch'; exit 18",
      /GPU +nvidia-smi: Failed to initialize NVML: Driver\/library version mismatch; the base is computed on the processor$/m,
    ],
    ["a hanging driver is not taken for a missing GPU", "exec sleep 9", /GPU +nvidia-smi does not answer; /],
    ["a driver that ignores SIGTERM does not delay doctor", "trap '' TERM; sleep 9; sleep 9", /does not answer; /],
  ] as const
) {
  Deno.test({
    name: `doctor: ${what}${HAS_DRIVER ? needs("a machine without NVIDIA's driver") : ""}`,
    ignore: HAS_DRIVER,
    fn: () =>
      withTemporaryFolder(async (folder) => {
        const sinceMs = performance.now();
        const { text, status } = await runDoctor(folder, { PATH: fakeSmi(folder, script) });
        assert.ok(performance.now() - sinceMs < 8000);
        assert.match(text, line);
        assert.equal(status, 0);
      }),
  });
}

for (
  const [what, env, line] of [
    [
      "a GPU is named with its memory and driver",
      {},
      /^note +GPU +Fake A100 \(8\.59 GB\), driver 580\.159\.04; not used yet: the base is computed on the processor$/m,
    ],
    [
      "a crash of NVIDIA's driver does not end doctor",
      { FAKE_INIT: "crash" },
      /^note +GPU +the NVIDIA driver crashed with SIGSEGV in the step cuInit; the base is computed on the processor$/m,
    ],
    [
      "an error code of NVIDIA's driver is explained",
      { FAKE_INIT: "803" },
      /^note +GPU +the driver's libcuda\.so\.1 has another version than .*; the base is computed on the processor\n +-> \S/m,
    ],
  ] as const
) {
  Deno.test({
    name: `doctor: ${what}${CAN_STAND_IN ? "" : needs(STAND_INS_NEED)}`,
    ignore: !CAN_STAND_IN,
    fn: () =>
      withTemporaryFolder(async (folder) => {
        const driver = compileStandIns(folder).driver;
        const { text, status } = await runDoctor(folder, {
          LD_LIBRARY_PATH: driver,
          CUDA_VISIBLE_DEVICES: "0",
          ...env,
        });
        assert.match(text, line);
        assert.equal(status, 0);
      }),
  });
}

/** Makes a folder with empty files of a TensorFlow for the processor. */
function tensorflowFolder(folder: string): string {
  const named = join(folder, "tensorflow");
  const headers = join(named, "include", "tensorflow", "c");
  mkdirSync(headers, { recursive: true });
  for (const file of [...libraryNames(platformName()).map((name) => join(named, name)), join(headers, "c_api.h")]) {
    writeFileSync(file, "");
  }
  return named;
}

Deno.test({
  name: `doctor: a GPU is not used with a HEADLIGHT_TENSORFLOW that is not for CUDA, and the remedy is to unset it${
    CAN_STAND_IN ? "" : needs(STAND_INS_NEED)
  }`,
  ignore: !CAN_STAND_IN,
  fn: () =>
    withTemporaryFolder(async (folder) => {
      const { text } = await runDoctor(folder, {
        LD_LIBRARY_PATH: compileStandIns(folder).driver,
        CUDA_VISIBLE_DEVICES: "0",
        HEADLIGHT_TENSORFLOW: tensorflowFolder(folder),
      });
      assert.match(
        text,
        /GPU +Fake A100 .*; not used with HEADLIGHT_TENSORFLOW: .*\n +-> .*, unset HEADLIGHT_TENSORFLOW and run /,
      );
    }),
});

Deno.test("doctor reports that the first run builds on the TensorFlow folder in HEADLIGHT_TENSORFLOW", () =>
  withTemporaryFolder(async (folder) => {
    const named = tensorflowFolder(folder);
    const { text } = await runDoctor(folder, { HEADLIGHT_TENSORFLOW: named });
    assert.match(text, new RegExp(`engine +not set up yet; the first run uses TensorFlow .* in ${named}$`, "m"));
    assert.doesNotMatch(text, /downloads TensorFlow/);
  }));
