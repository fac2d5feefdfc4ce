/**
 * Folds batch normalizations into the convolutions before them, depthwise ones too, as a scaled kernel and a bias.
 * TensorFlow does this by itself only in float32, and not if the convolution has a bias. In bfloat16 each batch
 * normalization would remain a separate op, and its input would be rounded once more. Results differ by rounding.
 */
import { at } from "../../../at.ts";
import { biasNodes, byName, constantOf, factorAndBias, floatConstant, floatsOf } from "./batch_norm.ts";
import { constantNode, type Graph, type GraphNode } from "../capture/graph.ts";
import { countUsers } from "./users.ts";

const CONVOLUTIONS: ReadonlySet<string> = new Set(["Conv2D", "DepthwiseConv2dNative"]);
const ADDITIONS: ReadonlySet<string> = new Set(["Add", "AddV2", "BiasAdd"]);

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
    const before = folded && convolutionBefore(at(norm.inputs, 0), nodes, users);
    if (!before) continue;
    const { convolution, addition, added } = before;
    const images = at(convolution.inputs, 0);
    const kernel = nodes.get(at(convolution.inputs, 1));
    const [shape, values] = [constantOf(kernel)?.shape, floatsOf(kernel)];
    if (!shape || !values) continue;
    const { factor, bias } = folded;
    // Output channels are a kernel's last dimension, and the last two of a depthwise one's. The index is in range, and
    // `at` would be slow for millions of weights.
    const scaled = values.map((value, index) => value * (factor[index % factor.length] ?? 0));
    const name = `${convolution.name}/folded`;
    changed.set(convolution.name, [
      constantNode(name, floatConstant(scaled, shape)),
      { ...convolution, inputs: [images, name] },
    ]);
    if (addition) changed.set(addition.name, []);
    const whole = added ? bias.map((value, channel) => value + at(added, channel) * at(factor, channel)) : bias;
    changed.set(norm.name, biasNodes(norm.name, convolution.name, whole));
  }
  return { ...graph, nodes: graph.nodes.flatMap((node) => changed.get(node.name) ?? [node]) };
}

interface ConvolutionBefore {
  readonly convolution: GraphNode;
  /** The node that adds a bias to it, and the bias; null if there is none. */
  readonly addition: GraphNode | null;
  readonly added: Float32Array | null;
}

/** Returns the convolution that computes `output`, with or without a bias, if nothing else uses it, or null. */
function convolutionBefore(
  output: string,
  nodes: ReadonlyMap<string, GraphNode>,
  users: ReadonlyMap<string, number>,
): ConvolutionBefore | null {
  const node = nodes.get(output);
  if (!node || users.get(output) !== 1) return null;
  if (CONVOLUTIONS.has(node.op)) return { convolution: node, addition: null, added: null };
  if (!ADDITIONS.has(node.op)) return null;
  const [convolution, bias] = node.inputs.map((input) => nodes.get(input));
  const added = floatsOf(bias);
  if (!convolution || !CONVOLUTIONS.has(convolution.op) || users.get(convolution.name) !== 1) return null;
  return added && constantOf(bias)?.shape.length === 1 ? { convolution, addition: node, added } : null;
}
