/** A process that loads libraries as the engine does, and prints what came of it as a JSON line. */
import { cudaFilesSchema } from "../../../src/engine/cuda/files.ts";
import { openLibraries } from "../../../src/engine/cuda/open_libraries.ts";
import { loadCuda } from "../../../src/engine/cuda/load.ts";
import { loadBaseEngine } from "../../../src/engine/engines/load.ts";
import { errorLine } from "../../../src/errors.ts";
import { LIBC } from "../../../src/libc.ts";
import { loadTensorflow } from "../../../src/engine/tensorflow/load.ts";
import { tensorflowFilesSchema } from "../../../src/engine/tensorflow/files.ts";

const libc = Deno.dlopen(LIBC, { getenv: { parameters: ["buffer"], result: "pointer" } });

/** Returns an environment variable as native code sees it. */
function native(name: string): string | null {
  const text = libc.symbols.getenv(new TextEncoder().encode(`${name}\0`));
  return text === null ? null : Deno.UnsafePointerView.getCString(text);
}

const [what, first = "", ...libraries] = Deno.args;
console.log(`\n${JSON.stringify(await resultOf())}`);

async function resultOf(): Promise<unknown> {
  if (what === "cusolver") {
    openLibraries(libraries);
    const framework = Deno.dlopen(first, { finds_cusolver: { parameters: [], result: "i32" } });
    return framework.symbols.finds_cusolver();
  }
  if (what === "load engine") return await loadBaseEngine(JSON.parse(first)).then(() => "loaded", errorLine);
  if (what === "trainer") {
    const loading = loadTensorflow(tensorflowFilesSchema.parse(JSON.parse(first)));
    const during = native("CUDA_VISIBLE_DEVICES");
    await loading;
    return { while: during, after: native("CUDA_VISIBLE_DEVICES") };
  }
  const loading = loadCuda(cudaFilesSchema.parse(JSON.parse(first)));
  const names = ["CUDA_VISIBLE_DEVICES", "NVIDIA_TF32_OVERRIDE", "TF_FORCE_GPU_ALLOW_GROWTH", "TF_DETERMINISTIC_OPS"];
  const values = Object.fromEntries(names.map((name) => [name, native(name)]));
  await loading;
  return values;
}
