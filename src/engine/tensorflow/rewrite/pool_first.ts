/**
 * Moves an average pooling before the 1×1 convolution that it follows. Both are linear, and the convolution mixes only
 * channels, so their order does not matter. After a 2×2 pooling, the convolution has only a quarter of the positions to
 * compute. DenseNet's transitions are of this kind, and the change saves a twelfth of its arithmetic. Results differ by
 * rounding.
 */
import { at } from "../../../at.ts";
import type { Attribute, Graph, GraphNode } from "../capture/graph.ts";
import { countUsers } from "./users.ts";

/** Returns the rewritten graph. */
export function poolFirst(graph: Graph): Graph {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const users = countUsers(graph);
  const swapped = new Map<string, GraphNode>();
  for (const pool of graph.nodes) {
    const convolution = pool.op === "AvgPool" ? nodes.get(at(pool.inputs, 0)) : undefined;
    if (!convolution || users.get(convolution.name) !== 1 || !commutes(convolution, nodes)) continue;
    const [images, kernel] = [at(convolution.inputs, 0), at(convolution.inputs, 1)];
    // The two nodes swap places and names, so nodes that use the pooling's output now use the convolution's under the
    // same name.
    swapped.set(convolution.name, { ...pool, name: convolution.name, inputs: [images] });
    swapped.set(pool.name, { ...convolution, name: pool.name, inputs: [convolution.name, kernel] });
  }
  return { ...graph, nodes: graph.nodes.map((node) => swapped.get(node.name) ?? node) };
}

/** Returns whether a node is a 1×1 convolution with stride 1 and channels last. */
function commutes({ op, inputs, attributes }: GraphNode, nodes: ReadonlyMap<string, GraphNode>): boolean {
  if (op !== "Conv2D" || !isOnes(attributes["strides"]) || isChannelsFirst(attributes["data_format"])) return false;
  const kernel = nodes.get(at(inputs, 1))?.attributes["value"];
  return kernel?.kind === "tensor" && kernel.value.shape[0] === 1 && kernel.value.shape[1] === 1;
}

function isOnes(attribute: Attribute | undefined): boolean {
  return attribute?.kind === "int" && Array.isArray(attribute.value) && attribute.value.every((stride) => stride === 1);
}

function isChannelsFirst(attribute: Attribute | undefined): boolean {
  return attribute?.kind === "string" && attribute.value === "NCHW";
}
