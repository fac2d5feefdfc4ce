import assert from "node:assert/strict";
import { join } from "node:path";
import { GraphStore } from "../../../src/features/base/graph_store.ts";
import type { Port } from "../../../src/engine/ports.ts";
import { identityNode, placeholderNode } from "../../../src/engine/tensorflow/capture/graph.ts";
import { bytesFlipped, cuts, type Damaged, everyBitFlipped, places, putPipe } from "../../damage.ts";
import { withTemporaryFolder } from "../../support.ts";

const INPUT: Port = { node: "input", dtype: "float32", shape: [2] };
const OUTPUT: Port = { node: "output", dtype: "float32", shape: [2] };
const GRAPH = {
  nodes: [placeholderNode(INPUT), identityNode("output", "input", "float32")],
  inputs: [INPUT],
  outputs: [OUTPUT],
};
const key = (number: number) => number.toString(16).padStart(64, "0");

Deno.test("a graph is read as it was stored", async () => {
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
    "a pipe in place of a graph": (folder: string) => putPipe(join(folder, "saved_model.pb")),
    "a pipe in place of a description": (folder: string) => putPipe(join(folder, "graph.json")),
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

Deno.test("the oldest graphs are removed if there are many", async () => {
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

/** Returns how many of these damages to one file of an entry go unnoticed. */
async function taken(damages: (file: Uint8Array) => Iterable<Damaged>, name: string): Promise<string[]> {
  return await withTemporaryFolder(async (folder) => {
    const store = new GraphStore(folder);
    const file = join((await store.keep(key(1), GRAPH)).folder, name);
    const sound = Deno.readFileSync(file);
    const found: string[] = [];
    for (const { what, bytes } of damages(sound)) {
      Deno.writeFileSync(file, bytes);
      if (await store.find(key(1))) found.push(what);
    }
    Deno.writeFileSync(file, sound);
    assert.notEqual(await store.find(key(1)), null);
    return found;
  });
}

Deno.test("a graph's description with a flipped bit or a missing end is never accepted", async () => {
  assert.deepEqual(await taken(everyBitFlipped, "graph.json"), []);
  assert.deepEqual(await taken(cuts, "graph.json"), []);
});

Deno.test("a graph with a changed byte or a missing end is never accepted", async () => {
  assert.deepEqual(await taken((file) => bytesFlipped(file, places(file.length)), "saved_model.pb"), []);
  assert.deepEqual(await taken(cuts, "saved_model.pb"), []);
});

Deno.test("a graph moved to another key's folder is not accepted", async () => {
  await withTemporaryFolder(async (folder) => {
    const store = new GraphStore(folder);
    const { folder: entry } = await store.keep(key(1), GRAPH);
    Deno.renameSync(entry, join(folder, "graphs", key(2)));
    assert.equal(await store.find(key(2)), null);
  });
});
