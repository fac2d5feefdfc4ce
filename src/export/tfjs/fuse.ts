/**
 * Fuses convolutions with the bias and the activation that follow them. TensorFlow does this when it runs a graph, but
 * tfjs runs graphs as they are, and every op takes a call to the GPU.
 */
import { at } from "../../at.ts";
import type { Attribute, Graph, GraphNode } from "../../engine/tensorflow/capture/graph.ts";
import { countUsers } from "../../engine/tensorflow/rewrite/users.ts";

/** The ops of tfjs for convolutions with a bias and an activation. */
const FUSED: Readonly<Record<string, string>> = {
  Conv2D: "_FusedConv2D",
  DepthwiseConv2dNative: "FusedDepthwiseConv2dNative",
};
const ADDITIONS: ReadonlySet<string> = new Set(["Add", "AddV2", "BiasAdd"]);
/** The activations that all backends of tfjs can compute together with a convolution. */
const ACTIVATIONS: ReadonlySet<string> = new Set(["Relu", "Relu6"]);

/**
 * Returns the graph with fused convolutions. Each has the name of the last op that it replaces, so no other node
 * changes.
 */
export function fuseConvolutions(graph: Graph): Graph {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const users = countUsers(graph);
  const changed = new Map<string, GraphNode | null>();
  const alone = (name: string | undefined) => name !== undefined && users.get(name) === 1 ? nodes.get(name) : undefined;
  // From the end, so that an activation is fused together with its addition before the addition is fused alone.
  for (const last of graph.nodes.toReversed()) {
    if (changed.has(last.name)) continue;
    const addition = ACTIVATIONS.has(last.op) ? alone(last.inputs[0]) : last;
    if (!addition || !ADDITIONS.has(addition.op)) continue;
    const convolution = alone(addition.inputs[0]);
    const bias = nodes.get(at(addition.inputs, 1));
    const op = convolution && FUSED[convolution.op];
    if (!op || !bias || !isVector(bias)) continue;
    const fused = { ...convolution, op, name: last.name, inputs: [...convolution.inputs, bias.name] };
    const ops = last === addition ? ["BiasAdd"] : ["BiasAdd", last.op];
    const more: Record<string, Attribute> = {
      fused_ops: { kind: "string", value: ops },
      num_args: { kind: "int", value: 1 },
    };
    changed.set(convolution.name, null);
    changed.set(addition.name, null);
    changed.set(last.name, { ...fused, attributes: { ...fused.attributes, ...more } });
  }
  return { ...graph, nodes: inOrder(graph.nodes, changed) };
}

function isVector({ attributes: { value } }: GraphNode): boolean {
  return value?.kind === "tensor" && value.value.shape.length === 1;
}

function inOrder(nodes: readonly GraphNode[], changed: ReadonlyMap<string, GraphNode | null>): GraphNode[] {
  return nodes.flatMap((node) => {
    const now = changed.get(node.name);
    return now === undefined ? [node] : now === null ? [] : [now];
  });
}
