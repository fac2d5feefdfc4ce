/** Where a network makes its images smaller. */
import type { Graph } from "../capture/graph.ts";

/**
 * The nodes, in order, whose images have half as many rows and columns as all that came before. Of several that do it
 * side by side, as in a residual block and its shortcut, the first.
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
