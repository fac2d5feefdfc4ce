/** Finds the nodes where a network halves its images. */
import type { Graph } from "../capture/graph.ts";

/**
 * Returns the names of the nodes with stride 2, in order. Their outputs have half as many rows and columns as their
 * inputs.
 */
export function halvings({ nodes }: Graph): string[] {
  return nodes.filter(({ attributes: { strides } }) => strides?.kind === "int" && String(strides.value) === "1,2,2,1")
    .map(({ name }) => name);
}
