/**
 * Puts copies of a graph into one graph, so that each core can run its own copy. Ops that run one at a time on all
 * cores wait for each other.
 */
import type { Port } from "../../ports.ts";
import type { Graph, GraphNode } from "../capture/graph.ts";

/**
 * Returns a graph of `count` copies that share the constants. Its inputs are those of the first copy, then those of the
 * second, and so on. Its outputs have the same order. TensorFlow runs as many copies at a time as it has inter-op
 * threads.
 */
export function sideBySide(graph: Graph, count: number): Graph {
  const shared = new Set(graph.nodes.filter(isShared).map(({ name }) => name));
  const copies = Array.from({ length: count }, (_, index) => copyOf(graph, index, shared));
  return {
    nodes: [...graph.nodes.filter(isShared), ...copies.flatMap(({ nodes }) => nodes)],
    inputs: copies.flatMap(({ inputs }) => inputs),
    outputs: copies.flatMap(({ outputs }) => outputs),
  };
}

/**
 * Returns whether a node is a constant that all copies share. A constant that depends on another node is copied with
 * it.
 */
function isShared({ op, inputs }: GraphNode): boolean {
  return op === "Const" && inputs.length === 0;
}

function copyOf(graph: Graph, index: number, shared: ReadonlySet<string>): Graph {
  const renamed = (name: string): string => shared.has(name.replace(/:\d+$/, "")) ? name : `copy${index}/${name}`;
  const input = (name: string) => name.startsWith("^") ? `^${renamed(name.slice(1))}` : renamed(name);
  const port = (one: Port): Port => ({ ...one, node: renamed(one.node) });
  return {
    nodes: graph.nodes.filter((node) => !isShared(node))
      .map((node) => ({ ...node, name: renamed(node.name), inputs: node.inputs.map(input) })),
    inputs: graph.inputs.map(port),
    outputs: graph.outputs.map(port),
  };
}
