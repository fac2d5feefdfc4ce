/** OpenVINO's own C API, on the smallest graphs. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Graph, placeholderNode, typeAttribute } from "../../src/engine/tensorflow/capture/graph.ts";
import { withSavedModel } from "../../src/engine/tensorflow/capture/session.ts";
import { CompiledModel } from "../../src/engine/openvino/compiled_model.ts";
import { openvinoFilesSchema } from "../../src/engine/openvino/files.ts";
import { OpenvinoLibrary } from "../../src/engine/openvino/library.ts";
import { verifyLibraries } from "../../src/engine/openvino/verify.ts";
import { libraryNames } from "../../src/engine/openvino/wheel.ts";
import { provisionEngine } from "../../src/engine/engines/provision.ts";
import { platformName } from "../../src/engine/wheels/pinned.ts";
import { cacheRoot } from "../../src/paths.ts";
import { programArgs } from "../../src/program.ts";
import { needs, withTemporaryFolder } from "../support.ts";

const { files } = await provisionEngine("openvino", { cacheRoot: cacheRoot(), onProgress() {} });
const { libraries, version } = openvinoFilesSchema.parse(files);
const library = OpenvinoLibrary.open(libraries, libraryNames(platformName()));

/** A graph that adds its input of this many values to itself. */
function doubling(count: number): Graph {
  const [input, output] = [{ node: "input", dtype: "float32", shape: [count] }, {
    node: "output",
    dtype: "float32",
    shape: [count],
  }] as const;
  const attributes = { T: typeAttribute("float32") };
  return {
    nodes: [placeholderNode(input), { name: "output", op: "AddV2", inputs: ["input", "input"], attributes }],
    inputs: [input],
    outputs: [output],
  };
}

const bytes = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const open = (graph: Graph, requests = 1) =>
  withSavedModel(graph, (folder) => new CompiledModel(library, folder, { precision: "float32", requests, threads: 1 }));

Deno.test("the library says the version that was pinned", () => {
  assert.equal(library.version, version);
});

Deno.test("each request has its own input and output, and a result is not changed by the next call", () => {
  const model = open(doubling(2), 2);
  assert.equal(model.requests, 2);
  const first = model.run([bytes(1, 2), bytes(3, 4)]);
  assert.deepEqual(first, [Float32Array.of(2, 4), Float32Array.of(6, 8)]);
  assert.deepEqual(model.run([bytes(5, 6)]), [Float32Array.of(10, 12)]);
  assert.deepEqual(first, [Float32Array.of(2, 4), Float32Array.of(6, 8)]);
  model.dispose();
  model.dispose();
  assert.throws(() => model.run([bytes(1, 2)]), /after it was disposed/);
});

Deno.test("an input of another size and more calls than requests are refused before anything is computed", () => {
  const model = open(doubling(2));
  assert.throws(() => model.run([bytes(1, 2, 3)]), /an input of 12 bytes instead of 8/);
  assert.throws(() => model.run([bytes(1, 2), bytes(3, 4)]), RangeError);
  assert.deepEqual(model.run([bytes(1, 2)]), [Float32Array.of(2, 4)]);
  model.dispose();
});

Deno.test("a folder without a graph and a graph with an op that does not exist give OpenVINO's own message", async () => {
  const options = { precision: "float32", requests: 1, threads: 1 } as const;
  await withTemporaryFolder((folder) => {
    assert.throws(() => new CompiledModel(library, folder, options), /^Error: OpenVINO: reading .* failed: .+/);
    Deno.writeTextFileSync(join(folder, "saved_model.pb"), "not a graph");
    assert.throws(() => new CompiledModel(library, folder, options), /^Error: OpenVINO: reading .* failed: .+/);
  });
  const graph = doubling(2);
  const unknown = {
    ...graph,
    nodes: graph.nodes.map((node) => node.op === "AddV2" ? { ...node, op: "NoSuchOp" } : node),
  };
  assert.throws(() => open(unknown), /^Error: OpenVINO: .*NoSuchOp/s);
});

Deno.test("opened and disposed a hundred times, a graph leaves no memory behind", () => {
  const graph = doubling(1 << 20);
  const input = new Uint8Array(4 << 20);
  const residentMb = () => Deno.memoryUsage().rss / 1e6;
  const use = () => {
    const model = open(graph);
    model.run([input]);
    model.dispose();
  };
  for (let round = 0; round < 20; round++) use();
  const before = residentMb();
  for (let round = 0; round < 100; round++) use();
  // Each holds at least 8 MB of tensors.
  assert.ok(residentMb() - before < 100, `${before} to ${residentMb()} MB`);
});

Deno.test("libraries that cannot be opened are refused in one line with another engine to use", async () => {
  await verifyLibraries(libraries);
  await withTemporaryFolder(async (folder) => {
    assert.throws(
      () => OpenvinoLibrary.open(folder, libraryNames(platformName())),
      /^HeadlightError: OpenVINO does not run on this machine: .*Use --engine tensorflow\.$/,
    );
    await assert.rejects(
      verifyLibraries(folder),
      /^HeadlightError: OpenVINO was set up but does not run on this machine: /,
    );
  });
});

Deno.test({
  name: "TensorFlow is loaded only when a graph has to be recorded" + needs("/proc"),
  ignore: !existsSync("/proc/self/maps"),
  fn: async () => {
    const script = fileURLToPath(new URL("base_engine_child.ts", import.meta.url));
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: programArgs(script), stderr: "null" }).output();
    assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? ""), [false, true]);
  },
});
