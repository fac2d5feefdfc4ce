/** Joins two graphs that run one after the other. */
import { type Graph, type GraphNode } from "../capture/graph.ts";

/**
 * Returns a graph that passes the outputs of `first` to `second`. The nodes of both keep their names with a prefix. The
 * inputs are those of `first`, the outputs those of `second`.
 */
export function chain(first: Graph, second: Graph): Graph {
  if (first.outputs.length !== second.inputs.length) {
    throw new Error("the second graph must have as many inputs as the first has outputs");
  }
  const handed = new Map(second.inputs.map(({ node }, index) => [node, `first/${first.outputs[index]?.node}`]));
  return {
    nodes: [
      ...first.nodes.map((node) => renamed(node, (name) => `first/${name}`)),
      ...second.nodes.filter(({ name }) => !handed.has(name))
        .map((node) => renamed(node, (name) => handed.get(name) ?? `second/${name}`)),
    ],
    inputs: first.inputs.map((port) => ({ ...port, node: `first/${port.node}` })),
    outputs: second.outputs.map((port) => ({ ...port, node: `second/${port.node}` })),
  };
}

function renamed(node: GraphNode, rename: (name: string) => string): GraphNode {
  const inputs = node.inputs.map((input) => input.startsWith("^") ? `^${rename(input.slice(1))}` : rename(input));
  return { ...node, name: rename(node.name), inputs };
}
