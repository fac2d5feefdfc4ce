/** Finds the nodes where a network halves its images. */
import type { Graph, GraphNode } from "../capture/graph.ts";

/**
 * Returns the names of the nodes, in order, whose outputs have half as many rows and columns as all outputs before. Of
 * several parallel ones, such as in a residual block and its shortcut, it returns the first.
 */
export function halvings(graph: Graph): string[] {
  const depths = halvingDepths(graph);
  const found: string[] = [];
  for (const node of graph.nodes) {
    if (halves(node) && depths.get(node.name) === found.length + 1) found.push(node.name);
  }
  return found;
}

/** Returns, by name, how many times the images were halved on the way to a node's output. */
export function halvingDepths({ nodes }: Graph): Map<string, number> {
  const depths = new Map<string, number>();
  for (const node of nodes) {
    const before = Math.max(0, ...node.inputs.map((input) => depths.get(input) ?? 0));
    depths.set(node.name, halves(node) ? before + 1 : before);
  }
  return depths;
}

function halves({ attributes: { strides } }: GraphNode): boolean {
  return strides?.kind === "int" && String(strides.value) === "1,2,2,1";
}
