/**
 * Batch norms that no convolution precedes as 1×1 depthwise convolutions with a bias: the same arithmetic, but oneDNN's
 * batch norm takes twice as long as its depthwise convolution, in which the relu after it is fused too. Pre-activation
 * networks have many: DenseNet121 is 1.1 times as fast. Differs by rounding.
 */
import { at } from "../../../at.ts";
import { biasNodes, byName, CHANNELS_LAST, factorAndBias, FLOAT, floatConstant } from "./batch_norm.ts";
import { constantNode, type Graph, type GraphNode } from "../capture/graph.ts";

/** To come after `foldBatchNorms`: a batch norm that can go into a convolution is better off there. */
export function depthwiseBatchNorms(graph: Graph): Graph {
  const nodes = byName(graph);
  return { ...graph, nodes: graph.nodes.flatMap((node) => depthwise(node, nodes) ?? [node]) };
}

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
