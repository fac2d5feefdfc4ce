import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { loadEngine } from "../../src/engine/engines/load.ts";
import { provisionEngine } from "../../src/engine/engines/provision.ts";
import { tensorflowFilesSchema } from "../../src/engine/tensorflow/files.ts";
import { gpuBuildOf } from "../../src/engine/tensorflow/gpu_build.ts";
import { listEngines, publish } from "../../src/engine/tensorflow/store.ts";
import { verifyAddon } from "../../src/engine/tensorflow/verify.ts";
import { libraryNames } from "../../src/engine/tensorflow/wheel.ts";
import { makeAside } from "../../src/engine/wheels/folders.ts";
import { platformName } from "../../src/engine/wheels/pinned.ts";
import { cacheRoot } from "../../src/paths.ts";
import { withTemporaryFolder } from "../support.ts";

const options = { cacheRoot: cacheRoot(), onProgress: () => {} };

Deno.test("an engine that computes on a device other than its files say is refused in one line", async () => {
  const { files } = await provisionEngine("tensorflow", options);
  await assert.rejects(loadEngine({ ...files, device: files.device === "cpu" ? "gpu" : "cpu" }), {
    name: "HeadlightError",
    message: "TensorFlow was set up to compute on the GPU but computes on the processor. Start a new run. " +
      "Use --engine tensorflow to compute on the processor.",
    exitStatus: 1,
  });
});

for (const request of ["tensorflow", "wasm"] as const) {
  Deno.test(`${request} is loaded if it matches its files, and refused if it is another version`, async () => {
    const { files } = await provisionEngine(request, options);
    const { kind, version, device, capabilities, tf } = await loadEngine(files);
    assert.deepEqual({ kind, version, device }, { kind: files.kind, version: files.version, device: files.device });
    assert.equal(tf.getBackend(), request);
    assert.equal(capabilities.graphs, request === "tensorflow");
    await assert.rejects(loadEngine({ ...files, version: "1.0" }), {
      message: /^\w+ 1\.0 was set up but [\d.]+ was loaded\. Start a new run\.$/,
    });
  });
}

Deno.test("an addon is tried in a separate process, which reports TensorFlow's version and device", async () => {
  const { files } = await provisionEngine("tensorflow", options);
  const { addon, version, device } = tensorflowFilesSchema.parse(files);
  assert.deepEqual(await verifyAddon(addon, null), { version, device });
  await assert.rejects(verifyAddon("/nowhere/tfjs_binding.node", null), {
    name: "HeadlightError",
    message: /^TensorFlow was set up but does not run on this machine: [^\n]*$/,
  });
});

Deno.test("a TensorFlow that looks like a CUDA build computes on the processor", async () => {
  const real = dirname(tensorflowFilesSchema.parse((await provisionEngine("tensorflow", options)).files).addon);
  await withTemporaryFolder(async (folder) => {
    const engines = join(folder, "engines");
    Deno.mkdirSync(engines);
    const aside = makeAside(engines);
    const [cc, framework] = libraryNames(platformName());
    Deno.symlinkSync(join(real, cc), join(aside, cc));
    for (const name of [framework, "tfjs_binding.node"]) Deno.copyFileSync(join(real, name), join(aside, name));
    // A library may have anything appended: it still works.
    Deno.writeTextFileSync(join(aside, framework), "cuDeviceGetCount", { append: true });
    const gpu = await gpuBuildOf(aside, platformName());
    const stamp = listEngines(join(cacheRoot(), "engines")).find(({ directory }) => directory === real)?.stamp;
    assert.ok(stamp);
    const { v: _, name: __, files: ___, made: ____, ...facts } = stamp;
    await publish(engines, aside, { ...facts, gpu }, ["tfjs_binding.node", cc, framework]);
    const { files } = await provisionEngine("tensorflow", { ...options, cacheRoot: folder });
    assert.equal(gpu, "cuda");
    assert.deepEqual([files.version, files.device], [stamp.tensorflow, "cpu"]);
  });
});
