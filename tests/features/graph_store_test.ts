import assert from "node:assert/strict";
import { join } from "node:path";
import { GraphStore } from "../../src/features/base/graph_store.ts";
import { identityNode, placeholderNode, type Port } from "../../src/engine/tensorflow/capture/graph.ts";
import { withTemporaryFolder } from "../support.ts";

const INPUT: Port = { node: "input", dtype: "float32", shape: [2] };
const OUTPUT: Port = { node: "output", dtype: "float32", shape: [2] };
const GRAPH = {
  nodes: [placeholderNode(INPUT), identityNode("output", "input", "float32")],
  inputs: [INPUT],
  outputs: [OUTPUT],
};
const key = (number: number) => number.toString(16).padStart(64, "0");

Deno.test("a graph is found as it was kept", async () => {
  await withTemporaryFolder(async (folder) => {
    const store = new GraphStore(folder);
    assert.equal(await store.find(key(1)), null);
    const kept = await store.keep(key(1), GRAPH);
    assert.deepEqual(kept.ports, { inputs: [INPUT], outputs: [OUTPUT] });
    assert.deepEqual(await store.find(key(1)), kept);
    assert.equal(await store.find(key(2)), null);
  });
});

for (
  const [damage, body] of Object.entries({
    "a graph cut short": (folder: string) => Deno.truncateSync(join(folder, "saved_model.pb"), 10),
    "a description cut short": (folder: string) => Deno.truncateSync(join(folder, "graph.json"), 10),
    "a graph without its description": (folder: string) => Deno.removeSync(join(folder, "graph.json")),
    "another description": (folder: string) => Deno.writeTextFileSync(join(folder, "graph.json"), "{}"),
  })
) {
  Deno.test(`${damage} is not trusted and is made again`, async () => {
    await withTemporaryFolder(async (folder) => {
      const store = new GraphStore(folder);
      body((await store.keep(key(1), GRAPH)).folder);
      assert.equal(await store.find(key(1)), null);
      await store.keep(key(1), GRAPH);
      assert.notEqual(await store.find(key(1)), null);
    });
  });
}

Deno.test("the oldest graphs go when there are many", async () => {
  await withTemporaryFolder(async (folder) => {
    const store = new GraphStore(folder);
    for (let i = 0; i < 14; i++) {
      const kept = await store.keep(key(i), GRAPH);
      Deno.utimeSync(kept.folder, 1000 + i, 1000 + i);
    }
    assert.equal([...Deno.readDirSync(join(folder, "graphs"))].length, 12);
    assert.equal(await store.find(key(1)), null);
    assert.notEqual(await store.find(key(13)), null);
  });
});
