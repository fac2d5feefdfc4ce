/** Who needs what in a graph. */
import type { Graph } from "../capture/graph.ts";

/** How many inputs and outputs each node's first output is used for. */
export function countUsers({ nodes, outputs }: Graph): Map<string, number> {
  const users = new Map<string, number>(outputs.map(({ node }) => [node, 1]));
  for (const input of nodes.flatMap(({ inputs }) => inputs)) users.set(input, (users.get(input) ?? 0) + 1);
  return users;
}
