/** Finds the nodes where a network halves its images. */
import type { Graph } from "../capture/graph.ts";

/**
 * Returns the names of the nodes, in order, whose outputs have half as many rows and columns as all outputs before. Of
 * several parallel ones, such as in a residual block and its shortcut, it returns the first.
 */
export function halvings({ nodes }: Graph): string[] {
  const depths = new Map<string, number>();
  const found: string[] = [];
  for (const { name, inputs, attributes: { strides } } of nodes) {
    const before = Math.max(0, ...inputs.map((input) => depths.get(input) ?? 0));
    const halves = strides?.kind === "int" && String(strides.value) === "1,2,2,1";
    depths.set(name, halves ? before + 1 : before);
    if (halves && before === found.length) found.push(name);
  }
  return found;
}
