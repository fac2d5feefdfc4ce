import assert from "node:assert/strict";
import { join } from "node:path";
import { gpuBuildOf } from "../../src/engine/tensorflow/gpu_build.ts";
import { withTemporaryFolder } from "../support.ts";

const PIECE = 1 << 23;

/** Returns the kind of GPU build that libraries with this content are recognized as, or null for none. */
function buildOf(cc: Uint8Array | string, framework = ""): Promise<string | null> {
  return withTemporaryFolder((folder) => {
    const bytes = typeof cc === "string" ? new TextEncoder().encode(cc) : Uint8Array.from(cc);
    Deno.writeFileSync(join(folder, "libtensorflow_cc.so.2"), bytes);
    Deno.writeTextFileSync(join(folder, "libtensorflow_framework.so.2"), framework);
    return gpuBuildOf(folder, "linux-x86_64");
  });
}

Deno.test("a build for GPUs is recognized by a function of the driver that either library asks for", async () => {
  assert.equal(await buildOf("\0cuInit\0cuDeviceGetCount\0"), "cuda");
  assert.equal(await buildOf("", "hipGetDeviceCount"), "rocm");
  assert.equal(await buildOf("FocusInit cuDeviceGet Count", "nothing"), null);
  assert.equal(await buildOf(""), null);
});

Deno.test("a name that spans two chunks is found", async () => {
  const name = new TextEncoder().encode("cuDeviceGetCount");
  for (const before of [1, name.length - 1, name.length]) {
    const bytes = new Uint8Array(PIECE + 100).fill(0xff);
    bytes.set(name, PIECE - before);
    assert.equal(await buildOf(bytes), "cuda", `${before} bytes before the border`);
  }
});

Deno.test("a search is aborted by its signal", async () => {
  await withTemporaryFolder(async (folder) => {
    for (const name of ["cc", "framework"]) Deno.writeTextFileSync(join(folder, `libtensorflow_${name}.so.2`), "");
    await assert.rejects(gpuBuildOf(folder, "linux-x86_64", AbortSignal.abort()), { name: "AbortError" });
  });
});
