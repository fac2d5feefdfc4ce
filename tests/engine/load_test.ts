import assert from "node:assert/strict";
import { loadEngine } from "../../src/engine/engines/load.ts";
import { provisionEngine } from "../../src/engine/engines/provision.ts";
import { cacheRoot } from "../../src/paths.ts";

const options = { cacheRoot: cacheRoot(), onProgress: () => {} };

Deno.test("an engine that computes on another device than its files say is refused in one line", async () => {
  const { files } = await provisionEngine("tensorflow", options);
  await assert.rejects(loadEngine({ ...files, device: files.device === "cpu" ? "gpu" : "cpu" }), {
    name: "HeadlightError",
    message: "TensorFlow was set up to compute on the GPU but computes on the processor. Start a new run, with " +
      "CUDA_VISIBLE_DEVICES=-1 to compute on the processor",
    exitStatus: 1,
  });
});

for (const request of ["tensorflow", "wasm"] as const) {
  Deno.test(`${request} is loaded as its files say, and refused as another version`, async () => {
    const { files } = await provisionEngine(request, options);
    const { kind, version, device, capabilities, tf } = await loadEngine(files);
    assert.deepEqual({ kind, version, device }, { kind: files.kind, version: files.version, device: files.device });
    assert.equal(tf.getBackend(), request);
    assert.equal(capabilities.graphs, request === "tensorflow");
    await assert.rejects(loadEngine({ ...files, version: "1.0" }), {
      message: /^\w+ 1\.0 was set up but [\d.]+ was loaded\. Start a new run$/,
    });
  });
}
