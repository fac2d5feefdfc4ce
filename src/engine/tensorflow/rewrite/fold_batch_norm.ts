/**
 * Folds batch normalizations into the convolutions before them, as a scaled kernel and a bias. TensorFlow does this by
 * itself only in float32. In bfloat16 each batch normalization would remain a separate op, and its input would be
 * rounded once more. Results differ by rounding.
 */
import { at } from "../../../at.ts";
import { biasNodes, byName, constantOf, factorAndBias, floatConstant, floatsOf } from "./batch_norm.ts";
import { constantNode, type Graph, type GraphNode } from "../capture/graph.ts";
import { countUsers } from "./users.ts";

/**
 * Returns the rewritten graph. Folds each batch normalization that is the only user of a convolution with channels
 * last.
 */
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
    // Output channels are a kernel's last dimension. The index is in range, and `at` would be slow for millions of
    // weights.
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
