/** Where a network makes its images smaller. */
import type { Graph } from "../capture/graph.ts";

/** The nodes, in order, whose images have half as many rows and columns as those they are made of. */
export function halvings({ nodes }: Graph): string[] {
  return nodes.filter(({ attributes: { strides } }) => strides?.kind === "int" && String(strides.value) === "1,2,2,1")
    .map(({ name }) => name);
}
