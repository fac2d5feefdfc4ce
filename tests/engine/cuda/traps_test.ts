/**
 * Tests what goes wrong when TensorFlow for CUDA is loaded without care, with stand-ins for CUDA's libraries and, where
 * TensorFlow is needed, its build for the processor. Real processes, because each loads libraries once.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cudaGraphs } from "../../../src/engine/cuda/base_graphs.ts";
import type { CudaFiles } from "../../../src/engine/cuda/files.ts";
import { problemOf, verifyGpu } from "../../../src/engine/cuda/verify.ts";
import type { Tf } from "../../../src/engine/engine.ts";
import { loadBaseEngine } from "../../../src/engine/engines/load.ts";
import { provisionEngine } from "../../../src/engine/engines/provision.ts";
import { tensorflowFilesSchema } from "../../../src/engine/tensorflow/files.ts";
import { withGpusHidden } from "../../../src/engine/tensorflow/hidden_gpus.ts";
import { lastLine, runChild } from "../../../src/engine/wheels/child.ts";
import { HeadlightError } from "../../../src/errors.ts";
import { LIBC } from "../../../src/libc.ts";
import { cacheRoot } from "../../../src/paths.ts";
import { programArgs } from "../../../src/program.ts";
import { needs, withTemporaryFolder } from "../../support.ts";
import { CAN_STAND_IN, STAND_INS_NEED } from "./stand_ins.ts";

/** Stands in for libtensorflow_framework, which opens cuSOLVER by its name and has no search path of its own. */
const FRAMEWORK = `
#include <dlfcn.h>
int finds_cusolver(void) { return dlopen("libcusolver.so.11", RTLD_LAZY) != 0; }
`;

function gcc(...args: readonly string[]): void {
  const { success, stderr } = new Deno.Command("gcc", { args: [...args] }).outputSync();
  assert.ok(success, new TextDecoder().decode(stderr));
}

/** Compiles cuSOLVER's stand-in into a folder of its own, as in NVIDIA's wheels, and returns its path. */
function compileCusolver(folder: string): string {
  const lib = join(folder, "nvidia", "cusolver", "lib");
  Deno.mkdirSync(lib, { recursive: true });
  Deno.writeTextFileSync(join(folder, "empty.c"), "int nothing;\n");
  const path = join(lib, "libcusolver.so.11");
  gcc("-shared", "-fPIC", "-Wl,-soname,libcusolver.so.11", "-o", path, join(folder, "empty.c"));
  return path;
}

async function trap(...args: readonly string[]): Promise<unknown> {
  const script = fileURLToPath(new URL("trap_child.ts", import.meta.url));
  const result = await runChild(Deno.execPath(), programArgs(script, ...args), { env: { CUDA_VISIBLE_DEVICES: "5" } });
  assert.ok(result);
  assert.equal(result.code, 0, result.stderr);
  return JSON.parse(lastLine(result.stdout));
}

Deno.test({
  name: "CUDA's traps: TensorFlow finds cuSOLVER in NVIDIA's folders only if it was opened before" +
    (CAN_STAND_IN ? "" : needs(STAND_INS_NEED)),
  ignore: !CAN_STAND_IN,
  fn: () =>
    withTemporaryFolder(async (folder) => {
      const framework = join(folder, "libtensorflow_framework.so.2");
      Deno.writeTextFileSync(join(folder, "framework.c"), FRAMEWORK);
      gcc("-shared", "-fPIC", "-o", framework, join(folder, "framework.c"), "-ldl");
      const cusolver = compileCusolver(folder);
      assert.deepEqual([await trap("cusolver", framework), await trap("cusolver", framework, cusolver)], [0, 1]);
    }),
});

Deno.test("CUDA's traps: a library that cannot be opened is one line with the loader's reason", () =>
  withTemporaryFolder(async (folder) => {
    const { files } = await processorFiles();
    const libcudart = join(folder, "libcudart.so.12");
    await assert.rejects(loadBaseEngine({ ...files, libraries: [libcudart] }), (error) => {
      assert.ok(error instanceof HeadlightError);
      assert.match(
        error.message,
        /^CUDA's library libcudart\.so\.12 cannot be opened: [^\n]*cannot open shared object/,
      );
      assert.match(error.message, /Run deno task engine cuda\.$/);
      return true;
    });
  }));

/** Engine files for CUDA whose addon is that of TensorFlow for the processor, which registers no GPU. */
async function processorFiles(): Promise<{ files: CudaFiles }> {
  const { files } = await provisionEngine("tensorflow", { cacheRoot: cacheRoot(), onProgress: () => {} });
  const trainer = tensorflowFilesSchema.parse(files);
  return {
    files: {
      kind: "cuda",
      version: trainer.version,
      device: "gpu",
      addon: trainer.addon,
      libraries: [],
      device_name: "Fake A100",
      visible: { CUDA_VISIBLE_DEVICES: "3" },
      trainer,
    },
  };
}

Deno.test("CUDA's traps: TensorFlow sees one GPU, and what it reads is set before it is loaded", async () => {
  const { files } = await processorFiles();
  const variables = await trap("load", JSON.stringify(files));
  assert.deepEqual(variables, {
    // Those that native code sees while TensorFlow is loaded.
    CUDA_VISIBLE_DEVICES: "3",
    NVIDIA_TF32_OVERRIDE: "0",
    TF_FORCE_GPU_ALLOW_GROWTH: "true",
    TF_DETERMINISTIC_OPS: "1",
  });
});

Deno.test("CUDA's traps: TensorFlow that registers no GPU is an error when it is tested and when it is loaded, never silently the processor", async () => {
  const { files } = await processorFiles();
  await assert.rejects(verifyGpu(files), {
    name: "HeadlightError",
    exitStatus: 1,
    message:
      "TensorFlow for CUDA does not compute on Fake A100, although its driver and all libraries can be opened: " +
      "it registers no GPU. Run nvidia-smi to see whether the GPU works, or use --engine tensorflow.",
  });
  assert.match(
    String(await trap("load engine", JSON.stringify(files))),
    /^CUDA was set up to compute on the GPU but computes on the processor\. /,
  );
});

Deno.test("CUDA's traps: TensorFlow on the processor sees no GPU, and processes that are started later do", async () => {
  const libc = Deno.dlopen(LIBC, { getenv: { parameters: ["buffer"], result: "pointer" } });
  const native = () => {
    const text = libc.symbols.getenv(new TextEncoder().encode("CUDA_VISIBLE_DEVICES\0"));
    return text === null ? null : Deno.UnsafePointerView.getCString(text);
  };
  const before = native();
  assert.equal(await withGpusHidden(() => Promise.resolve(native())), "-1");
  assert.equal(native(), before);
  await assert.rejects(withGpusHidden(() => Promise.reject(new Error("not loaded"))), /not loaded/);
  assert.equal(native(), before);
  libc.close();
  const { trainer } = (await processorFiles()).files;
  assert.deepEqual(await trap("trainer", JSON.stringify(trainer)), { while: "-1", after: "5" });
});

/** The beginning of a line of TensorFlow's log. These and the following texts are from TensorFlow 2.21.0. */
const LOG = "I0000 00:00:1795768115.080846    7232 dso_loader.cc:144] ";
const NOT_FOUND =
  "Could not load dynamic library 'libcusolver.so.11'; dlerror: libcusolver.so.11: cannot open shared " +
  "object file: No such file or directory";
const ABORT = "terminate called after throwing an instance of 'absl::lts_20250814::BadStatusOrAccess'\n" +
  "  what():  Bad StatusOr access: INTERNAL: CUDA Runtime error: : cudaErrorCallRequiresNewerDriver\n";

for (
  const { what, result, problem } of [
    {
      what: "a library that TensorFlow could not open",
      result: {
        stderr: `${LOG}${NOT_FOUND}; LD_LIBRARY_PATH: /x\n` +
          "W0000 00:00:1795768115.080911    7232 gpu_device.cc:2365] Cannot dlopen some GPU libraries. Please make sure",
      },
      problem: NOT_FOUND,
    },
    {
      what: "a driver that does not start",
      result: {
        stderr: "E0000 cuda_platform.cc:52] failed call to cuInit: INTERNAL: CUDA error: UNKNOWN ERROR (303)\n",
      },
      problem: "failed call to cuInit: INTERNAL: CUDA error: UNKNOWN ERROR (303)",
    },
    { what: "no reason", result: { stderr: "" }, problem: "it registers no GPU" },
    {
      what: "an abort of TensorFlow",
      result: { code: 134, signal: "SIGABRT", stderr: ABORT },
      problem: "its test ended by SIGABRT after Bad StatusOr access: INTERNAL: CUDA Runtime error: : " +
        "cudaErrorCallRequiresNewerDriver",
    },
    {
      what: "an error that was thrown",
      result: { code: 1, stderr: "at x\nerror: Uncaught (in promise) Error: boom\n" },
      problem: "error: Uncaught (in promise) Error: boom",
    },
  ]
) {
  Deno.test(`CUDA's traps: ${what} is told by what TensorFlow printed`, () => {
    const silent = { code: 0, signal: null, stdout: 'noise\n{"device":"cpu"}\n', stderr: "" };
    assert.equal(problemOf({ ...silent, ...result }), problem);
  });
}

Deno.test("CUDA's traps: a GPU whose memory does not suffice is one line with the remedies", () => {
  const message = "OOM when allocating tensor with shape[32,64,512,512] and type float on GPU:0 by allocator GPU_0_bfc";
  for (
    const [text, pattern] of [[message, /^the free memory of Fake A100 does not suffice for 32 images at once\. /], [
      "another error",
      /^another error$/,
    ]] as const
  ) {
    const tf = { getBackend: () => "none" } as unknown as Tf;
    const graphs = cudaGraphs(tf, "Fake A100", {
      rewritten: true,
      shapes: () => [{ batch: 4, lanes: 1 }],
      open: () => ({
        run() {
          throw new Error(text);
        },
        dispose() {},
      }),
    });
    assert.deepEqual([graphs.rewritten, graphs.shapes(8, "float32")], [false, [{ batch: 32, lanes: 1 }]]);
    const options = { shape: { batch: 32, lanes: 1 }, precision: "float32", cores: 8 } as const;
    const opened = graphs.open({ folder: "", name: "", ports: { inputs: [], outputs: [] } }, options);
    assert.throws(() => opened.run([]), { message: pattern });
  }
});
