/**
 * Batch norms folded into the convolutions before them: a scale of the kernel and a bias. TensorFlow does it by itself in
 * float32 only; in bfloat16 each batch norm stays an op of its own, and its input is rounded once more. Differs by
 * rounding.
 */
import { at } from "../../../at.ts";
import { biasNodes, byName, constantOf, factorAndBias, floatConstant, floatsOf } from "./batch_norm.ts";
import { constantNode, type Graph, type GraphNode } from "../capture/graph.ts";
import { countUsers } from "./users.ts";

/** The graph with every batch norm that alone follows a convolution, channels last, as a bias. */
export function foldBatchNorms(graph: Graph): Graph {
  const nodes = byName(graph);
  const users = countUsers(graph);
  const changed = new Map<string, readonly GraphNode[]>();
  for (const norm of graph.nodes) {
    const folded = factorAndBias(norm, nodes);
    const convolution = folded && nodes.get(at(norm.inputs, 0));
    if (!folded || convolution?.op !== "Conv2D" || users.get(convolution.name) !== 1) continue;
    const images = at(convolution.inputs, 0);
    const kernel = nodes.get(at(convolution.inputs, 1));
    const [shape, values] = [constantOf(kernel)?.shape, floatsOf(kernel)];
    if (!shape || !values) continue;
    const { factor, bias } = folded;
    // Output channels are a kernel's last dimension. The index is in range; `at` for millions of weights takes time.
    const scaled = values.map((value, index) => value * (factor[index % factor.length] ?? 0));
    const name = `${convolution.name}/folded`;
    changed.set(convolution.name, [
      constantNode(name, floatConstant(scaled, shape)),
      { ...convolution, inputs: [images, name] },
    ]);
    changed.set(norm.name, biasNodes(norm.name, convolution.name, bias));
  }
  return { ...graph, nodes: graph.nodes.flatMap((node) => changed.get(node.name) ?? [node]) };
}
