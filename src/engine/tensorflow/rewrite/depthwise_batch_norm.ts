/**
 * Replaces batch normalizations that do not follow a convolution by 1×1 depthwise convolutions with a bias. The
 * arithmetic is the same, but oneDNN's batch normalization takes twice as long as its depthwise convolution, with which
 * it also fuses the following ReLU. Pre-activation networks have many of these: DenseNet121 becomes 1.1 times as fast.
 * Results differ by rounding.
 */
import { at } from "../../../at.ts";
import { biasNodes, byName, CHANNELS_LAST, factorAndBias, FLOAT, floatConstant } from "./batch_norm.ts";
import { constantNode, type Graph, type GraphNode } from "../capture/graph.ts";

/**
 * Returns the rewritten graph. Call this after `foldBatchNorms`, because folding a batch normalization into a
 * convolution is faster still.
 */
export function depthwiseBatchNorms(graph: Graph): Graph {
  const nodes = byName(graph);
  return { ...graph, nodes: graph.nodes.flatMap((node) => depthwise(node, nodes) ?? [node]) };
}

/** Returns the nodes that replace a batch normalization, or null for other nodes. */
function depthwise(norm: GraphNode, nodes: ReadonlyMap<string, GraphNode>): GraphNode[] | null {
  const parts = factorAndBias(norm, nodes);
  if (!parts) return null;
  const { factor, bias } = parts;
  const images = at(norm.inputs, 0);
  const [name, kernel] = [`${norm.name}/scaled`, `${norm.name}/factor`];
  return [
    constantNode(kernel, floatConstant(factor, [1, 1, factor.length, 1])),
    {
      name,
      op: "DepthwiseConv2dNative",
      inputs: [images, kernel],
      attributes: {
        T: FLOAT,
        strides: { kind: "int", value: [1, 1, 1, 1] },
        padding: { kind: "string", value: "VALID" },
        data_format: CHANNELS_LAST,
      },
    },
    ...biasNodes(norm.name, name, bias),
  ];
}
