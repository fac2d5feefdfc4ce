/** Graphs for any batch size, derived from recordings at two. */
import assert from "node:assert/strict";
import { CaptureError } from "../../../src/engine/tensorflow/capture/errors.ts";
import {
  constantNode,
  type Graph,
  type GraphNode,
  intConstant,
  placeholderNode,
} from "../../../src/engine/tensorflow/capture/graph.ts";
import { atAnyBatchSize } from "../../../src/engine/tensorflow/rewrite/at_batch_size.ts";

/** Returns a recording whose op takes a shape at the given place among its inputs. */
function recordedAt(batchSize: number, op: string, extents: readonly number[]): { graph: Graph; batchSize: number } {
  const input = { node: "input_0", dtype: "float32", shape: [batchSize, 4] } as const;
  const nodes: GraphNode[] = [
    placeholderNode(input),
    constantNode("shape", intConstant(extents, [extents.length])),
    { name: "node", op, inputs: ["input_0", "shape"], attributes: {} },
  ];
  const outputs = [{ node: "node", dtype: "float32", shape: [batchSize, 2, 2] }] as const;
  return { graph: { nodes, inputs: [input], outputs }, batchSize };
}

Deno.test("where two recordings differ, the graph for any batch size computes the extent", () => {
  const graph = atAnyBatchSize(recordedAt(2, "Reshape", [2, 2, 2]), recordedAt(3, "Reshape", [3, 2, 2]));
  assert.deepEqual(graph.inputs[0]?.shape, [-1, 4]);
  assert.deepEqual(graph.outputs[0]?.shape, [-1, 2, 2]);
  assert.deepEqual(graph.nodes[0]?.attributes["shape"], { kind: "shape", value: [-1, 4] });
  assert.deepEqual(graph.nodes[1]?.attributes["value"], { kind: "tensor", value: intConstant([-1, 2, 2], [3]) });
});

Deno.test("a batch size in a number that may not be -1 is refused", () => {
  assert.throws(() => atAnyBatchSize(recordedAt(2, "Tile", [2, 1]), recordedAt(3, "Tile", [3, 1])), CaptureError);
  const twice = (batchSize: number) => recordedAt(batchSize, "Reshape", [batchSize, batchSize]);
  assert.throws(() => atAnyBatchSize(twice(2), twice(3)), CaptureError);
});
