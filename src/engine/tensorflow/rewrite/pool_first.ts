/**
 * Average pooling before a 1×1 convolution instead of after it: both are linear and the convolution mixes channels only,
 * so that their order does not matter, but pooled by 2×2 it has a quarter of the places to work on. DenseNet's
 * transitions are of this kind: a twelfth of its arithmetic. Differs by rounding.
 */
import { at } from "../../../at.ts";
import type { Attribute, Graph, GraphNode } from "../capture/graph.ts";
import { countUsers } from "./users.ts";

export function poolFirst(graph: Graph): Graph {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const users = countUsers(graph);
  const swapped = new Map<string, GraphNode>();
  for (const pool of graph.nodes) {
    const convolution = pool.op === "AvgPool" ? nodes.get(at(pool.inputs, 0)) : undefined;
    if (!convolution || users.get(convolution.name) !== 1 || !commutes(convolution, nodes)) continue;
    const [images, kernel] = [at(convolution.inputs, 0), at(convolution.inputs, 1)];
    // Each takes the other's place, name and all: whoever used the pool's output finds the convolution's under its name.
    swapped.set(convolution.name, { ...pool, name: convolution.name, inputs: [images] });
    swapped.set(pool.name, { ...convolution, name: pool.name, inputs: [convolution.name, kernel] });
  }
  return { ...graph, nodes: graph.nodes.map((node) => swapped.get(node.name) ?? node) };
}

/** 1×1, stride 1, channels last. */
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
