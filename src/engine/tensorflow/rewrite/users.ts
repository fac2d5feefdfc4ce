/** Counts the uses of the nodes in a graph. */
import type { Graph } from "../capture/graph.ts";

/** Returns how many node inputs and graph outputs use the first output of each node. */
export function countUsers({ nodes, outputs }: Graph): Map<string, number> {
  const users = new Map<string, number>(outputs.map(({ node }) => [node, 1]));
  for (const input of nodes.flatMap(({ inputs }) => inputs)) users.set(input, (users.get(input) ?? 0) + 1);
  return users;
}
